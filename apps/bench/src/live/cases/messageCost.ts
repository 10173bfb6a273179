/**
 * CPU of the server for each delivered `changes` message, while bulk locks come and go. The floor is a raw `socket.emit`
 * of the same bytes to each socket. The two take turns; each server has screens of its own.
 */
import { median, rounded } from '../../report/statistics.ts';
import { bareTurn, ownTurn, prepareBare, type Reached } from './bulkTurns.ts';
import { type LiveRun, openBulkLocks, startBareServer, startRowlockServer, withOwned } from './liveRun.ts';

export interface MessageCost {
  screens: number;
  rounds: number;
  /** Messages of a turn */
  messages: number;
  /** Medians over the rounds, for each message */
  ownMicros: number;
  bareMicros: number;
  ownBytes: number;
  bareBytes: number;
  /** The median over the rounds of the ratio of the two in the same round */
  ratio: number;
}

const NAMESPACE = 'message';

interface Turn {
  micros: number;
  bytes: number;
  messages: number;
}

export function messageCost(
  { redisUrl, table, processes, say }: LiveRun,
  { screens, rounds, locks: locksOfTurn }: { screens: number; rounds: number; locks: number },
): Promise<MessageCost> {
  return withOwned(async (own) => {
    const server = await own(startRowlockServer({ redisUrl, namespace: NAMESPACE }), (one) => one.stop());
    const bare = await own(startBareServer({ table }), (one) => one.stop());
    const locks = await own(openBulkLocks(redisUrl, NAMESPACE, table), (one) => one.close());
    const common = { table, count: screens };
    const fleet = await own(
      processes.connect({ ...common, fleet: 'own', isBare: false, url: await server.call('url') }),
      (one) => one.disconnect(),
    );
    const bareFleet = await own(
      processes.connect({ ...common, fleet: 'bare', isBare: true, url: await bare.call('url') }),
      (one) => one.disconnect(),
    );
    await prepareBare(bare, locks, fleet);

    const systems = [
      { cpuMs: () => server.call('cpuMs'), fleet, turn: () => ownTurn(locks, fleet) },
      { cpuMs: () => bare.call('cpuMs'), fleet: bareFleet, turn: () => bareTurn(bare, bareFleet) },
    ] as const;
    async function measure({ cpuMs, fleet: measured, turn }: (typeof systems)[number]): Promise<Turn> {
      await measured.restart();
      const [cpuBefore, bytesBefore] = [await cpuMs(), await measured.bytes()];
      let last: Reached | undefined;
      for (let lock = 0; lock < locksOfTurn; lock++) [, last] = await turn();
      const spentMs = (await cpuMs()) - cpuBefore;
      const { messages } = last!;
      return {
        micros: (spentMs * 1_000) / messages,
        bytes: ((await measured.bytes()) - bytesBefore) / messages,
        messages,
      };
    }

    const turns: { own: Turn; bare: Turn }[] = [];
    // Round 0 warms up.
    for (let round = 0; round <= rounds; round++) {
      const found: Turn[] = [];
      const order = round % 2 === 0 ? [0, 1] : [1, 0];
      for (const which of order) found[which] = await measure(systems[which]!);
      if (round > 0) turns.push({ own: found[0]!, bare: found[1]! });
      say(`  round ${round} of ${rounds}`);
    }
    return { screens, rounds, ...summary(turns) };
  });
}

export function summary(
  turns: readonly { own: Turn; bare: Turn }[],
): Omit<MessageCost, 'screens' | 'rounds'> {
  const middle = (read: (turn: { own: Turn; bare: Turn }) => number) => rounded(median(turns.map(read)));
  return {
    messages: middle(({ own }) => own.messages),
    ownMicros: middle(({ own }) => own.micros),
    bareMicros: middle(({ bare }) => bare.micros),
    ownBytes: middle(({ own }) => own.bytes),
    bareBytes: middle(({ bare }) => bare.bytes),
    ratio: middle(({ own, bare }) => own.micros / bare.micros),
  };
}
