/** Acquires more records than one script can: in parts that nobody sees until the last step. */
import type { Conflict, OnConflict, RecordKey } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { ConflictError, DeadlockError, RowlockError } from '../../errors.ts';
import type { RunHint } from '../../redis/runHint.ts';
import type { Script } from '../../redis/scripts.ts';
import { parseNotice, toAcquiredLease } from './acquiredNotice.ts';
import { type AcquireOutcome, type AcquireReply, toAcquireError, toWaitingLease } from './acquireReply.ts';
import { type ConflictRow, firstOf, mergeConflicts, readConflicts } from './leaseRow.ts';
import { type PackedRecords, splitIntoParts } from './packedRecords.ts';
import { DEFAULT_TTL_MS, holderJson, newSecret, type WaitRequest } from './requests.ts';

export interface AcquireInPartsDeps {
  scripts: { acquirePart: Script; commitParts: Script; conflicts: Script; stopWaiting: Script };
  runHint: RunHint;
  partSize: number;
  clock: Clock;
  /** @throws {RestartGraceError} */
  assertGraceOver(runId: string): Promise<void>;
}

/** A request restarts if somebody else acquires a part of it meanwhile: so often, with about this pause. */
const MAX_ATTEMPTS = 8;
const BACKOFF_MS = 50;

export async function acquireInParts(
  deps: AcquireInPartsDeps,
  request: WaitRequest,
  packed: PackedRecords,
  onConflict: OnConflict,
): Promise<AcquireOutcome> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const outcome = await acquireAllParts(deps, request, packed, onConflict, {
      secret: newSecret(),
      reassert: '',
    });
    if (outcome) return outcome;
    const pauseMs = BACKOFF_MS * attempt * (0.5 + Math.random());
    await new Promise<void>((resolve) => deps.clock.after(pauseMs, resolve));
  }
  throw new RowlockError(
    'unavailable',
    `Could not lock all ${request.records.length} records in ${MAX_ATTEMPTS} attempts: other clients keep locking some ` +
      "of them. Nothing was locked. Retry, or use onConflict: 'wait'.",
  );
}

/** The parts of one request, and what they have met so far. */
interface Progress {
  leaseId: string;
  skipped: RecordKey[];
  reports: Conflict[][];
}

/** Undefined if somebody else has acquired some of the records meanwhile: the request must restart. */
export async function acquireAllParts(
  deps: AcquireInPartsDeps,
  request: WaitRequest,
  packed: PackedRecords,
  onConflict: OnConflict,
  { secret, reassert }: { secret: string; reassert: string },
): Promise<AcquireOutcome | undefined> {
  const { scripts, runHint, assertGraceOver } = deps;
  const { holder, mode = 'exclusive', ttlMs = DEFAULT_TTL_MS, expiry = 'heartbeat' } = request;
  const lease = [secret, holderJson(holder), mode, ttlMs, expiry, onConflict, reassert];
  const parts = splitIntoParts(packed.chunks, deps.partSize);
  const progress: Progress = { leaseId: '', skipped: [], reports: [] };
  const abandon = async () => {
    if (progress.leaseId !== '') await scripts.stopWaiting(progress.leaseId, secret);
  };
  try {
    for (const [i, part] of parts.entries()) {
      const start = [runHint.current(), progress.leaseId];
      const reply = (await scripts.acquirePart(...start, ...lease, packed.nodes, ...part)) as AcquireReply;
      switch (reply[0]) {
        case 'part':
          progress.leaseId = reply[1];
          for (const record of reply[2]) progress.skipped.push(record);
          progress.reports.push(readConflicts(reply[3]));
          break;
        case 'busy':
        case 'broken':
          await abandon();
          return undefined;
        case 'grace':
          await assertGraceOver(reply[1]);
          return undefined;
        case 'conflict':
        case 'deadlock':
          // First, so that the report never names the request itself.
          await abandon();
          throw await toFullConflict(scripts, reply, {
            mode,
            holder: holderJson(holder),
            nodes: packed.nodes,
            parts,
            refused: i,
            ...progress,
          });
        default:
          throw toAcquireError(reply);
      }
    }
    const reply = (await scripts.commitParts(progress.leaseId, secret)) as AcquireReply;
    if (reply[0] !== 'broken') return readCommit(reply, request, { secret, ttlMs, ...progress });
    await abandon();
    return undefined;
  } catch (error) {
    // If Redis cannot be reached, nobody renews the parts from now on, and an observer clears them.
    await abandon().catch(() => {});
    throw error;
  }
}

/** The refusal of one part, completed by what blocks the other parts: a refusal names every blocking lease. */
async function toFullConflict(
  scripts: { conflicts: Script },
  [kind, rows]: ['conflict' | 'deadlock', ConflictRow[]],
  asked: {
    mode: string;
    holder: string;
    nodes: string;
    parts: string[][];
    refused: number;
    reports: Conflict[][];
  },
): Promise<ConflictError> {
  const { mode, holder, nodes, parts, refused } = asked;
  // A request that waits may have been overtaken in a part that was free, so all parts are examined again. With a conflict,
  // the parts before have met nobody.
  const reports = kind === 'deadlock' ? [] : [...asked.reports, readConflicts(rows)];
  const unseen = kind === 'deadlock' ? parts : parts.slice(refused + 1);
  const found = await Promise.all(unseen.map((part) => scripts.conflicts(mode, holder, nodes, ...part)));
  for (const report of found) reports.push(readConflicts((report as [ConflictRow[]])[0]));
  const all = mergeConflicts(reports);
  return kind === 'conflict' ? new ConflictError(all) : new DeadlockError(all);
}

function readCommit(
  reply: AcquireReply,
  { mostNamed }: WaitRequest,
  { secret, ttlMs, skipped, reports }: { secret: string; ttlMs: number } & Progress,
): AcquireOutcome {
  const conflicts = mergeConflicts(reports);
  switch (reply[0]) {
    case 'acquired':
      return {
        kind: 'acquired',
        lease: toAcquiredLease(parseNotice(reply[1]), { secret, ttlMs }, { skipped, conflicts }),
      };
    case 'waiting': {
      const named = mostNamed === undefined ? conflicts : firstOf(conflicts, mostNamed);
      return { kind: 'waiting', waiting: toWaitingLease(reply, { secret, ttlMs }, named, conflicts.length) };
    }
    case 'empty':
      throw new ConflictError(conflicts);
    default:
      throw toAcquireError(reply);
  }
}
