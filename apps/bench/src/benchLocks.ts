/** Runs the parts of the bench one after another on one Redis. */
import { blocking } from './cases/blocking.ts';
import { CASES, type Case } from './cases/cases.ts';
import { contention } from './cases/contention.ts';
import { costAtSize, type Samples } from './cases/costAtSize.ts';
import { flatCost } from './cases/flatCost.ts';
import { memory } from './cases/memory.ts';
import { oneRecordCost } from './cases/oneRecord.ts';
import { startProber } from './cases/prober.ts';
import { subtreeCost } from './cases/subtree.ts';
import { cityIds } from './cityIds.ts';
import { describeMachine, isBusy } from './machine.ts';
import { HOLDERS, MANY_RECORDS, type Plan, planRounds, SECTIONS_EACH, WORK_MS } from './plan.ts';
import {
  type ContentionRound,
  computeRatios,
  contentionResult,
  costResults,
  type LeftOut,
  type Report,
} from './report/report.ts';
import { type RunningServers, startServers, withSystems } from './servers.ts';
import { floor } from './systems/floor.ts';
import { postgres } from './systems/postgres.ts';
import { redisSemaphore } from './systems/redisSemaphore.ts';
import { redlock } from './systems/redlock.ts';
import { redlockUniversal } from './systems/redlockUniversal.ts';
import { rowlock } from './systems/rowlock.ts';
import { openSubtreeLocks } from './systems/rowlockSubtree.ts';
import { setNx } from './systems/setNx.ts';

export interface BenchLocksOptions {
  plan: Plan;
  cases?: readonly Case[];
  say: (line: string) => void;
}

interface Run {
  plan: Plan;
  servers: RunningServers;
  say: (line: string) => void;
}

const KEPT_RECORDS = 10_000;

export async function benchLocks({ plan, cases = CASES, say }: BenchLocksOptions): Promise<Report> {
  say('Starting Redis and PostgreSQL …');
  const servers = await startServers();
  const run: Run = { plan, servers, say };
  try {
    const machine = await describeMachine(servers.redis, servers.postgresUrl);
    if (isBusy(machine)) {
      say(
        `This machine is busy with other work (load ${machine.loadBefore} on ${machine.cores} cores). Times will be larger, and bars may be missed. Run again when it is idle.`,
      );
    }
    const report: Report = {
      machine,
      ...{
        costs: [],
        ratios: {},
        leftOut: [],
        oneRecord: null,
        flat: [],
        subtree: null,
        blocking: [],
        memory: [],
        contention: [],
      },
    };
    for (const one of CASES.filter((name) => cases.includes(name)))
      Object.assign(report, await PARTS[one](run));
    return report;
  } finally {
    await servers.stop();
  }
}

const PARTS: Record<Case, (run: Run) => Promise<Partial<Report>>> = {
  async memory({ servers, say }) {
    const found = [];
    for (const system of [rowlock, redlock, redlockUniversal, redisSemaphore, floor]) {
      say(`memory: ${system.name}`);
      found.push(await memory({ system, servers, redis: servers.redis, ids: cityIds(KEPT_RECORDS) }));
    }
    return { memory: found };
  },

  async one({ plan, servers, say }) {
    const onRound = progress(say, 'one record');
    const oneRecord = await withSystems([rowlock, setNx], servers, ([own, other]) =>
      oneRecordCost({ own: own!, setNx: other!, id: cityIds(1)[0]!, rounds: plan.oneRecordRounds, onRound }),
    );
    return { oneRecord };
  },

  async flat({ plan, servers, say }) {
    const [one, many] = [cityIds(1), cityIds(KEPT_RECORDS)];
    const onRound = progress(say, 'flat');
    const flat = await withSystems([rowlock], servers, ([open]) =>
      flatCost({ system: open!.system, one, many, rounds: plan.flatRounds, onRound }),
    );
    return { flat };
  },

  async subtree({ plan, servers, say }) {
    const locks = openSubtreeLocks(servers.redisUrl);
    try {
      const onRound = progress(say, 'subtree');
      return { subtree: await subtreeCost({ locks, rounds: plan.subtreeRounds, onRound }) };
    } finally {
      await locks.close();
    }
  },

  async cost({ plan, servers, say }) {
    const systems = [rowlock, redlock, redlockUniversal, redisSemaphore, postgres, floor];
    const leftOut: LeftOut[] = [];
    const samples = await withSystems(systems, servers, async (open) => {
      const all: Samples[] = [];
      for (const records of plan.sizes) {
        const entrants = open.flatMap((one) => {
          const rounds = planRounds(one.name, records, plan.costRounds(records));
          if (typeof rounds === 'number') return { ...one, rounds };
          leftOut.push({ system: one.name, ...rounds });
          return [];
        });
        const onRound = progress(say, `cost of ${records}`);
        all.push(...(await costAtSize({ entrants, ids: cityIds(records), onRound })));
      }
      return all;
    });
    return { costs: costResults(samples), ratios: computeRatios(samples), leftOut: distinct(leftOut) };
  },

  async blocking({ plan, servers, say }) {
    const prober = await startProber(servers.redisUrl);
    try {
      const found = await withSystems([rowlock, redlock, floor], servers, async (open) => {
        const results = [];
        for (const one of open) {
          // The other systems are far from the bar, so few rounds of them are precise enough.
          const rounds = one.name === rowlock.name ? plan.blockingRounds : Math.min(3, plan.blockingRounds);
          const onRound = progress(say, `blocking: ${one.name}`);
          const { redis } = servers;
          results.push(
            await blocking({ ...one, redis, prober, ids: cityIds(MANY_RECORDS), rounds, onRound }),
          );
        }
        return results;
      });
      return { blocking: found };
    } finally {
      await prober.close();
    }
  },

  async contention({ plan, servers, say }) {
    const samples = new Map<string, ContentionRound[]>();
    const systems = [rowlock, redlock, redlockUniversal, redisSemaphore];
    await withSystems(systems, servers, async (open) => {
      const entrants = open.filter(({ system }) => system.contender);
      for (let round = 0; round < plan.contentionRounds; round++) {
        for (let turn = 0; turn < entrants.length; turn++) {
          const { name, system } = entrants[(round + turn) % entrants.length]!;
          say(`contention: ${name}, round ${round + 1} of ${plan.contentionRounds}`);
          const contenders = Array.from({ length: HOLDERS }, (_, i) => system.contender!(`holder-${i + 1}`));
          const options = { contenders, id: cityIds(1)[0]!, workMs: WORK_MS };
          const timed = await contention({ ...options, goal: { durationMs: plan.contentionMs } });
          const equalTurns = await contention({ ...options, goal: { sectionsEach: SECTIONS_EACH } });
          samples.set(name, [...(samples.get(name) ?? []), { timed, equalTurns }]);
          await system.clearUp?.();
        }
      }
    });
    return {
      contention: systems.flatMap(({ name }) => {
        const own = samples.get(name);
        return own ? contentionResult(name, own) : [];
      }),
    };
  },
};

/** Reports every tenth of the rounds. */
function progress(say: (line: string) => void, what: string): (done: number, of: number) => void {
  return (done, of) => {
    if (done === of || done % Math.ceil(of / 10) === 0) say(`${what}: round ${done} of ${of}`);
  };
}

/** Keeps one entry of each system and reason. */
function distinct(leftOut: readonly LeftOut[]): LeftOut[] {
  return [...new Map(leftOut.map((one) => [JSON.stringify(one), one])).values()];
}
