/**
 * Very many screens: how long it takes until a bulk lock reaches the last concerned one, and whether it reaches others.
 * The floor is a raw `socket.emit` of the same bytes to the same number of sockets.
 */
import { largest, median, rounded } from '../../report/statistics.ts';
import { bareTurn, ownTurn, prepareBare } from './bulkTurns.ts';
import { type LiveRun, openBulkLocks, startBareServer, startRowlockServer, withOwned } from './liveRun.ts';

export interface Reach {
  screens: number;
  /** Screens that show locked rows */
  concerned: number;
  rounds: number;
  /** From the call that locks until the message reaches the last concerned screen: median and maximum of the rounds */
  lastReachedMs: number;
  lastReachedMaxMs: number;
  bareLastReachedMs: number;
  /** The median over the rounds of the ratio of the two in the same round */
  ratio: number;
  /** Messages that named a record which their screen does not watch */
  foreignMessages: number;
}

const NAMESPACE = 'reach';

export function reach(
  { redisUrl, table, processes, say }: LiveRun,
  { screens, rounds }: { screens: number; rounds: number },
): Promise<Reach> {
  return withOwned(async (own) => {
    const server = await own(startRowlockServer({ redisUrl, namespace: NAMESPACE }), (one) => one.stop());
    const bare = await own(startBareServer({ table }), (one) => one.stop());
    const locks = await own(openBulkLocks(redisUrl, NAMESPACE, table), (one) => one.close());
    const common = { table, count: screens };
    say(`  connecting ${screens} screens to each server`);
    const fleet = await own(
      processes.connect({ ...common, fleet: 'own', isBare: false, url: await server.call('url') }),
      (one) => one.disconnect(),
    );
    const bareFleet = await own(
      processes.connect({ ...common, fleet: 'bare', isBare: true, url: await bare.call('url') }),
      (one) => one.disconnect(),
    );
    await prepareBare(bare, locks, fleet);
    await fleet.restart();
    const found: { own: number; bare: number }[] = [];
    for (let round = 1; round <= rounds; round++) {
      const [ownLocked] = await ownTurn(locks, fleet);
      const [bareLocked] = await bareTurn(bare, bareFleet);
      found.push({ own: ownLocked.lastMs, bare: bareLocked.lastMs });
      say(`  round ${round} of ${rounds}`);
    }
    const { timesMs, foreign } = await fleet.untilShown('free');
    return {
      screens,
      concerned: timesMs.length,
      rounds,
      lastReachedMs: rounded(median(found.map((one) => one.own))),
      lastReachedMaxMs: rounded(largest(found.map((one) => one.own))),
      bareLastReachedMs: rounded(median(found.map((one) => one.bare))),
      ratio: rounded(median(found.map((one) => one.own / one.bare))),
      foreignMessages: foreign,
    };
  });
}
