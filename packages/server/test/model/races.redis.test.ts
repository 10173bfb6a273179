import { startRedis, type TestRedis } from '@rowlock/test-utils';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, openCommands } from '../../src/redis/connection.ts';
import { type AskedRegistry, askRegistry } from './askRegistry.ts';
import { FAILING_RACES } from './failingSeeds.ts';
import { beginRounds, type RoundOptions } from './rounds.ts';
import { atomicStep, type Step, stepBesideParts } from './steps.ts';
import { takeTurns } from './turns.ts';

const RUNS = Number(process.env.ROWLOCK_MODEL_RUNS ?? 60);
const SEED = process.env.ROWLOCK_SEED ? { seed: Number(process.env.ROWLOCK_SEED) } : {};
/** The most calls at the same time. Their orders are all tried: 120 at most. */
const AT_ONCE = 5;
const TIMEOUT_MS = 20_000 + RUNS * 400;

let server: TestRedis;
let connections: Redis[];
let namespaces = 0;
beforeAll(async () => {
  server = await startRedis();
  connections = Array.from({ length: AT_ONCE + 1 }, () => openCommands(server.url));
  // Each run of a property opens new registries on these connections.
  for (const redis of connections) redis.setMaxListeners(0);
  await Promise.all(connections.map(connect));
});
afterAll(async () => {
  for (const redis of connections) redis.disconnect();
  await server.stop();
});

const print = (step: Step) =>
  Object.assign(step, { [fc.toStringMethod]: () => `\n    ${JSON.stringify(step)}` });
const rounds = (of: fc.Arbitrary<Step>, { atOnce, most }: { atOnce: number; most: number }) =>
  fc.array(fc.array(of.map(print), { minLength: 1, maxLength: atOnce, size: 'max' }), {
    ...{ minLength: 1, maxLength: most },
    size: 'max',
  });

/** The keys that an empty namespace keeps. Of a lease only the audit trail is left. */
const KEPT = /^(fence|log|meta|past|was:\d+|lost:\d+)$/;

async function play(
  asked: AskedRegistry,
  sequence: readonly (readonly Step[])[],
  options: RoundOptions = {},
) {
  const game = beginRounds(asked, options);
  for (const steps of sequence) if (!(await game.play(steps))) break;
  expect((await asked.drain()).filter((key) => !KEPT.test(key))).toEqual([]);
}

function playInParts(sequence: readonly (readonly Step[])[], scheduler: fc.Scheduler) {
  const turns = takeTurns(scheduler);
  const clients = connections.map((redis, i) => (i === 0 ? redis : turns.of(redis, `client ${i}`)));
  const asked = askRegistry(clients, `race-${++namespaces}`, { partSize: 1, clock: turns.clock });
  return play(asked, sequence, { isInParts: true, untilAnswered: turns.untilAnswered });
}

describe('calls that several clients make at the same time', () => {
  for (const { found, rounds: sequence, turns } of FAILING_RACES) {
    it(`concurrent calls no longer go wrong: ${found}`, () =>
      playInParts(sequence, fc.schedulerFor([...turns])));
  }

  it(
    'P1 P2: concurrent calls are answered as if they had run in some order, and leave the state of that order',
    () =>
      fc.assert(
        fc.asyncProperty(rounds(atomicStep, { atOnce: AT_ONCE, most: 8 }), (sequence) =>
          play(askRegistry(connections, `race-${++namespaces}`), sequence),
        ),
        { ...SEED, numRuns: RUNS },
      ),
    TIMEOUT_MS,
  );

  it(
    'P1 P2: concurrent requests in parts are answered as if they had run in some order, whatever the order of scripts',
    () =>
      fc.assert(
        fc.asyncProperty(rounds(stepBesideParts, { atOnce: 4, most: 5 }), fc.scheduler(), playInParts),
        { ...SEED, numRuns: RUNS },
      ),
    TIMEOUT_MS,
  );
});
