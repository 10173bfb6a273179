/** Runs a plan: episodes of work and faults, and after each the views of all tabs have to equal the registry. */
import { setTimeout as rest } from 'node:timers/promises';
import { differencesOf, strayLeases } from './compare.ts';
import { type Episode, episodeInWords, type Plan } from './plan.ts';
import { inject, work } from './steps.ts';
import { StuckViews } from './stuckViews.ts';
import { type Leases, readLeases, readTruth } from './truth.ts';
import type { Tab, TabView } from './world/tab.ts';
import { World } from './world/world.ts';

interface Violation {
  episode: number;
  message: string;
}

export interface RunResult {
  violations: Violation[];
  /** The steps of the episode in which the first violation was found */
  steps: string;
  /** Pieces of work that were begun */
  works: number;
}

/** P9: a view converges within this time after its tab is live again. */
const CONVERGED_WITHIN_MS = 2_000;
/** A tab is live again within this time after the end of a fault. */
const LIVE_WITHIN_MS = 20_000;
/** Leases whose answer was lost, or that were released without a connection, expire within this time. */
const EXPIRED_WITHIN_MS = 25_000;
const LOOK_EVERY_MS = 100;

export async function runPlan(
  plan: Plan,
  { stop, say = () => {} }: { stop?: AbortSignal; say?: (line: string) => void } = {},
): Promise<RunResult> {
  const world = await World.open(plan);
  const violations: Violation[] = [];
  let episode = 0;
  const note = (message: string) => violations.push({ episode, message });
  const observer = observe(world, note);
  let works = 0;
  try {
    await settle(world, note);
    for (const each of plan.episodes) {
      if (violations.length > 0 || stop?.aborted) break;
      episode += 1;
      say(`  ${each.fault.fault}`);
      works += each.before.length + each.during.length;
      for (const message of await play(world, each)) note(message);
      await settle(world, note);
    }
    if (violations.length === 0) await settleStrays(world, note);
  } finally {
    await observer.stop();
    await world.close();
  }
  const first = plan.episodes[(violations[0]?.episode ?? 0) - 1];
  return { violations, works, steps: first ? episodeInWords(first) : '' };
}

async function play(world: World, { before, fault, during }: Episode): Promise<string[]> {
  const pending: Promise<void>[] = [];
  for (const step of before) await begin(world, step, pending);
  const injected = inject(world, fault);
  for (const step of during) await begin(world, step, pending);
  const found = await injected;
  await Promise.all(pending);
  return found;
}

/** A rest is awaited, and nothing else: a call may take as long as its fault. */
async function begin(world: World, step: Episode['before'][number], pending: Promise<void>[]): Promise<void> {
  const done = work(world, step);
  if (step.do === 'rest') await done;
  else pending.push(done);
  await rest(5);
}

/** Waits until all views equal the registry. A tab that is live has 2 s for each difference. */
async function settle(world: World, note: (message: string) => void): Promise<void> {
  const beganMs = performance.now();
  /** By tab: since when it is live and has shown each difference without a break */
  const lasting = new Map<Tab, Map<string, number>>();
  for (;;) {
    const truth = await readTruth(world.rowlock).catch(() => undefined);
    const nowMs = performance.now();
    const isOver = nowMs - beganMs > LIVE_WITHIN_MS;
    const views = world.tabs.map((tab) => ({ tab, view: tab.view() }));
    const all = truth
      ? views.map(({ tab, view }) => ({ tab, view, found: differencesOf(view, truth, world.changes) }))
      : [];
    if (truth && all.every(({ found }) => found.length === 0)) return;
    let isLate = false;
    for (const { tab, view, found } of all) {
      const before = lasting.get(tab);
      const since = new Map(found.map((each) => [each, before?.get(each) ?? nowMs]));
      lasting.set(tab, view.status === 'live' ? since : new Map());
      const late = found.filter((each) => isOver || nowMs - (since.get(each) ?? nowMs) > CONVERGED_WITHIN_MS);
      if (late.length > 0) note(`${tab.name}: ${late.join('; ')}`);
      isLate ||= late.length > 0;
    }
    if (isLate) return;
    if (!truth && isOver) return note('The registry cannot be read.');
    await rest(LOOK_EVERY_MS / 2);
  }
}

/** At the end no session has a lease that its tab does not know. */
async function settleStrays(world: World, note: (message: string) => void): Promise<void> {
  const beganMs = performance.now();
  for (;;) {
    const leases = await readLeases(world.rowlock);
    const all = world.tabs.flatMap((tab) =>
      strayLeases(tab.view(), leases).map((each) => `${tab.name}: ${each}`),
    );
    if (all.length === 0) return;
    if (performance.now() - beganMs > EXPIRED_WITHIN_MS) return all.forEach(note);
    await rest(LOOK_EVERY_MS);
  }
}

/** Looks at all views all the time. */
function observe(world: World, note: (message: string) => void): { stop(): Promise<void> } {
  const stuck = new StuckViews();
  let isStopped = false;
  const looking = (async () => {
    while (!isStopped) {
      const real = await readLeases(world.rowlock).catch(() => undefined);
      const shown = new Map(
        world.tabs
          .filter((tab) => !tab.isImpaired && !tab.gateway.isFrozen)
          .map((tab) => [tab.name, tab.view()] as const)
          .filter(([, { status }]) => status === 'live')
          .map(([name, view]) => [name, factsOf(view)] as const),
      );
      for (const message of stuck.look(performance.now(), real && realFacts(real), shown)) note(message);
      await rest(LOOK_EVERY_MS);
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await looking;
    },
  };
}

const factsOf = ({ leases, held }: TabView): Map<string, string | undefined> =>
  new Map<string, string | undefined>([
    ...[...leases].map(([key, ids]) => [key, ids && String(ids)] as const),
    ...held.map(({ leaseId }) => [`lease ${leaseId}`, 'in force'] as const),
  ]);

const realFacts = ({ leases, holders }: Leases): Map<string, string> =>
  new Map([
    ...[...leases].map(([key, ids]) => [key, String(ids)] as const),
    ...[...holders.keys()].map((leaseId) => [`lease ${leaseId}`, 'in force'] as const),
  ]);
