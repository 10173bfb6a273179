/** A server with polite users, and an attack on it from a process of its own. */
import { startChild, until } from '@rowlock/test-utils';
import { onTestFinished } from 'vitest';
import { gatewayFixture } from '../fixtures/gatewayFixture.ts';
import type { Rig, RigOptions } from '../fixtures/rig.ts';
import type { AttackerCommand } from './attackerProcess.ts';
import { POLITE_RECORDS } from './politeRecords.ts';
import { measurePoliteUsers } from './politeUsers.ts';
import { ADDRESS_HEADER, type Counts } from './rawSocket.ts';
import { retainedMb } from './retainedMemory.ts';

/** No user waits longer for an answer, in ms. */
export const MOST_MS = 200;
/** The server keeps no more than this for attackers, in MB. */
export const MOST_MB = 30;
/** Beyond, a machine is too busy to be measured. */
export const LONGEST_TEST_MS = 60_000;

/** The end of an attack. */
export interface Outcome {
  rig: Rig;
  /** The 99th percentile of the polite users' times, in ms */
  p99Ms: number;
  /** How much more memory the server needs than before, in MB */
  grownMb: number;
  /** The counts of the attackers themselves */
  counts: Counts;
  /** How often the application was asked about attackers */
  asked: { authenticate: number; authorize: number };
}

/** Users are their own tokens, and nobody is nobody. Attackers have an address of their own, as users behind a proxy do. */
function countedOptions() {
  const asked: Outcome['asked'] = { authenticate: 0, authorize: 0 };
  const isAttacker = (id: string) => !id.startsWith('polite');
  const options: RigOptions = {
    addressOf: ({ headers, address }) => String(headers[ADDRESS_HEADER] ?? address),
    authenticate({ auth: { token } }) {
      const id = String(token);
      if (isAttacker(id)) asked.authenticate += 1;
      return id === 'nobody' ? null : { id, name: id };
    },
    authorize({ actor }) {
      if (isAttacker(actor.id)) asked.authorize += 1;
      return true;
    },
  };
  return { asked, options };
}

/** Call it once, at the top of a test file. `isOver`: what the attack must have achieved. It runs until then, and is measured */
export function attackFixture() {
  const { rig } = gatewayFixture();

  return async function attack(
    name: Exclude<AttackerCommand, 'report'>['attack'],
    isOver: (counts: Counts) => boolean,
    limits: NonNullable<RigOptions['sessions']>['limits'] = {},
  ): Promise<Outcome> {
    const { asked, options } = countedOptions();
    const started = await rig({ ...options, sessions: { limits } });
    const users = await Promise.all(POLITE_RECORDS.map((_, i) => started.connect(`polite-${i}`)));
    const attackers = await startChild<AttackerCommand, Counts>({
      module: new URL('./attackerProcess.ts', import.meta.url),
    });
    onTestFinished(() => void attackers.kill('SIGKILL'));
    const report = () => {
      attackers.send('report');
      return attackers.next();
    };
    const beforeMb = retainedMb();
    attackers.send({
      attack: name,
      target: { port: Number(new URL(started.url).port), address: 'attackers' },
    });
    await until(async () => (await report()).opened > 0, { what: 'the attack', timeoutMs: 15_000 });
    const p99Ms = await measurePoliteUsers(users, MOST_MS);
    await until(async () => isOver(await report()), { what: 'the end of the attack', timeoutMs: 15_000 });
    // From another address everybody can still connect.
    await started.connect('polite-late');
    const outcome = {
      rig: started,
      p99Ms,
      grownMb: retainedMb() - beforeMb,
      counts: await report(),
      asked: { ...asked },
    };
    await attackers.kill('SIGKILL');
    return outcome;
  };
}
