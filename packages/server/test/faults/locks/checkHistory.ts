/**
 * Judges a history of lock operations by five rules:
 *
 * - exclusion (P1): two conflicting leases are never both certainly held
 * - fences (P5): a lease that is requested after another was acquired has a higher fence
 * - refusals (P3): a refusal names only leases that existed at some time during the call
 * - every call ends: the arena judges this, since a call that has not ended is in no history
 * - lost updates: two writes under fences never raise a counter from the same value
 */
import type { LeaseId } from '@rowlock/protocol';
import { beginOf, endOf, type Named, type Operation, type Restart } from './history.ts';
import { type CellsOf, certainHolds, type Hold } from './holds.ts';

type Rule = 'exclusion' | 'fences' | 'refusals' | 'lost updates' | 'every call ends';

export interface Violation {
  rule: Rule;
  /** One sentence that says what happened */
  message: string;
  /** The leases involved */
  leaseIds: readonly LeaseId[];
  fromMs: number;
  untilMs: number;
}

/** A Redis that syncs its file once a second may lose all writes of its last two seconds. */
const LOST_AT_MOST_MS = 2_000;

export function checkHistory(history: readonly Operation[], cellsOf: CellsOf): Violation[] {
  return [
    ...checkExclusion(certainHolds(history, cellsOf)),
    ...checkFences(history),
    ...checkRefusals(history),
    ...checkUpdates(history),
  ];
}

function checkExclusion(holds: readonly Hold[]): Violation[] {
  const violations: Violation[] = [];
  const seen = new Set<string>();
  const active = new Map<string, Hold[]>();
  for (const hold of holds.toSorted((a, b) => a.fromMs - b.fromMs)) {
    for (const cell of hold.cells) {
      const others = (active.get(cell) ?? []).filter((other) => other.untilMs > hold.fromMs);
      for (const other of others) {
        const isShared = other.mode === 'shared' && hold.mode === 'shared';
        const pair = `${other.leaseId} ${hold.leaseId}`;
        if (isShared || other.leaseId === hold.leaseId || seen.has(pair)) continue;
        seen.add(pair);
        const overlapMs = Math.min(other.untilMs, hold.untilMs) - hold.fromMs;
        violations.push({
          rule: 'exclusion',
          message:
            `${hold.client} held ${cell} by lease ${hold.leaseId} (${hold.mode}) while ${other.client} certainly held it by ` +
            `lease ${other.leaseId} (${other.mode}), for ${overlapMs.toFixed(1)} ms at least.`,
          leaseIds: [other.leaseId, hold.leaseId],
          fromMs: other.fromMs,
          untilMs: hold.untilMs,
        });
      }
      others.push(hold);
      active.set(cell, others);
    }
  }
  return violations;
}

interface GivenFence {
  leaseId: LeaseId;
  fence: bigint;
  beginMs: number;
  endMs: number;
}

function listFences(history: readonly Operation[]): GivenFence[] {
  const given: GivenFence[] = [];
  for (const operation of history) {
    const { verb } = operation;
    if (verb !== 'acquire' && verb !== 'extend' && verb !== 'transfer') continue;
    if (operation.answer.kind !== 'acquired') continue;
    const leaseId = operation.verb === 'acquire' ? operation.answer.leaseId : operation.leaseId;
    const { beginMs, endMs } = operation;
    given.push({ leaseId, fence: BigInt(operation.answer.fence), beginMs, endMs });
  }
  return given;
}

function checkFences(history: readonly Operation[]): Violation[] {
  const given = listFences(history);
  const byEnd = given.toSorted((a, b) => a.endMs - b.endMs);
  const violations: Violation[] = [];
  let highest: GivenFence | undefined;
  let next = 0;
  for (const later of given.toSorted((a, b) => a.beginMs - b.beginMs)) {
    for (; next < byEnd.length && byEnd[next]!.endMs < later.beginMs; next++) {
      if (highest === undefined || byEnd[next]!.fence > highest.fence) highest = byEnd[next]!;
    }
    if (highest === undefined || later.fence > highest.fence) continue;
    violations.push({
      rule: 'fences',
      message:
        `Lease ${later.leaseId} got fence ${later.fence}, although lease ${highest.leaseId} had fence ${highest.fence} ` +
        `${(later.beginMs - highest.endMs).toFixed(1)} ms before the request.`,
      leaseIds: [highest.leaseId, later.leaseId],
      fromMs: highest.beginMs,
      untilMs: later.endMs,
    });
  }
  return violations;
}

/** When a lease of a holder may have existed. If `untilMs` is before `fromMs`, it never existed. */
interface Life {
  fromMs: number;
  untilMs: number;
}

function livesOf(history: readonly Operation[]): Map<string, Life> {
  const lives = new Map<string, Life>();
  const holderOf = new Map<LeaseId, Life>();
  for (const operation of history.toSorted((a, b) => endOf(a) - endOf(b))) {
    switch (operation.verb) {
      case 'acquire': {
        const { answer, beginMs, endMs, onConflict } = operation;
        const isOver = answer.kind === 'refused' || answer.kind === 'denied';
        const untilMs = !isOver ? Infinity : onConflict === 'wait' ? endMs : Number.NEGATIVE_INFINITY;
        const life: Life = { fromMs: beginMs, untilMs };
        lives.set(operation.holderId, life);
        if (answer.kind === 'acquired') holderOf.set(answer.leaseId, life);
        break;
      }
      case 'transfer': {
        const { answer, beginMs, endMs, leaseId } = operation;
        if (answer.kind === 'denied') break;
        const next: Life = { fromMs: beginMs, untilMs: Infinity };
        lives.set(operation.toHolderId, next);
        if (answer.kind !== 'acquired') break;
        const before = holderOf.get(leaseId);
        if (before) before.untilMs = endMs;
        holderOf.set(leaseId, next);
        break;
      }
      case 'release': {
        const life = holderOf.get(operation.leaseId);
        const isOver = operation.answer.kind === 'done' || operation.answer.kind === 'over';
        if (life && isOver) life.untilMs = operation.endMs;
        break;
      }
    }
  }
  return lives;
}

function checkRefusals(history: readonly Operation[]): Violation[] {
  const lives = livesOf(history);
  const killed = new Set(history.flatMap((one) => (one.verb === 'killed' ? [one.client] : [])));
  const losses = history.filter((one): one is Restart => one.verb === 'restart' && one.isLossy);
  const violations: Violation[] = [];

  function faultOf({ leaseId, holderId }: Named, beginMs: number, endMs: number): string | undefined {
    const life = lives.get(holderId);
    if (!life) {
      // A killed client may have made this request and been killed before it could note it.
      const isOfKilled = [...killed].some((client) => holderId.startsWith(`${client}:`));
      return isOfKilled ? undefined : `lease ${leaseId} of ${holderId}, which nobody requested`;
    }
    if (life.untilMs === Number.NEGATIVE_INFINITY)
      return `lease ${leaseId} of ${holderId}, which was refused itself`;
    if (life.fromMs > endMs) return `lease ${leaseId} of ${holderId}, which was requested only later`;
    if (life.untilMs >= beginMs) return undefined;
    // Redis may have lost the end of a lease. Then the lease is in force again until it expires.
    const isEndLost = losses.some(
      (loss) =>
        life.untilMs > loss.beginMs - LOST_AT_MOST_MS && life.untilMs < loss.endMs && loss.beginMs < endMs,
    );
    const agoMs = (beginMs - life.untilMs).toFixed(1);
    return isEndLost ? undefined : `lease ${leaseId} of ${holderId}, which had ended ${agoMs} ms before`;
  }

  for (const operation of history) {
    if (operation.verb !== 'acquire' && operation.verb !== 'extend') continue;
    if (operation.answer.kind !== 'refused') continue;
    const { beginMs, endMs, client, answer } = operation;
    for (const named of answer.named) {
      const fault = faultOf(named, beginMs, endMs);
      if (fault === undefined) continue;
      violations.push({
        rule: 'refusals',
        message: `A refusal of ${client} named ${fault}.`,
        leaseIds: [named.leaseId],
        fromMs: beginMs,
        untilMs: endMs,
      });
    }
    if (answer.named.length === 0 && !('onConflict' in operation && operation.onConflict === 'wait')) {
      violations.push({
        rule: 'refusals',
        message: `A refusal of ${client} named no lease.`,
        leaseIds: [],
        fromMs: beginMs,
        untilMs: endMs,
      });
    }
  }
  return violations;
}

function checkUpdates(history: readonly Operation[]): Violation[] {
  const writers = new Map<string, { client: string; fence: string; beginMs: number }>();
  const violations: Violation[] = [];
  for (const operation of history.toSorted((a, b) => beginOf(a) - beginOf(b))) {
    if (operation.verb !== 'write' || operation.answer.kind !== 'done') continue;
    const { counter, read, client, fence, beginMs, endMs } = operation;
    const before = writers.get(`${counter} ${read}`);
    if (before) {
      violations.push({
        rule: 'lost updates',
        message:
          `${before.client} (fence ${before.fence}) and ${client} (fence ${fence}) both read ${read} of ${counter} and wrote ` +
          `${read + 1}: one of the two updates is lost.`,
        leaseIds: [],
        fromMs: before.beginMs,
        untilMs: endMs,
      });
    } else {
      writers.set(`${counter} ${read}`, { client, fence, beginMs });
    }
  }
  return violations;
}
