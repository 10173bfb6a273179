/** Acquires records in one script: at most `MAX_RECORDS_PER_STEP`. */
import type { OnConflict } from '@rowlock/protocol';
import { LeaseLostError } from '../../errors.ts';
import type { RunHint } from '../../redis/runHint.ts';
import type { Script } from '../../redis/scripts.ts';
import { parseNotice, toAcquiredLease } from './acquiredNotice.ts';
import {
  type AcquireOutcome,
  type AcquireReply,
  type AcquireStep,
  type StepRefusal,
  toAcquireError,
  toWaitingLease,
} from './acquireReply.ts';
import { readConflicts } from './leaseRow.ts';
import type { PackedRecords } from './packedRecords.ts';
import { DEFAULT_TTL_MS, holderJson, newSecret, type WaitRequest } from './requests.ts';

export interface AcquireAtOnceDeps {
  scripts: { acquire: Script; acquireOrWait: Script };
  runHint: RunHint;
  /** @throws {RestartGraceError} */
  assertGraceOver(runId: string): Promise<void>;
}

export async function acquireAtOnce(
  deps: AcquireAtOnceDeps,
  request: WaitRequest,
  packed: PackedRecords,
  onConflict: OnConflict,
  step?: AcquireStep,
): Promise<AcquireOutcome | StepRefusal> {
  const { scripts, runHint, assertGraceOver } = deps;
  const { nodes, chunks } = packed;
  const secret = request.lost?.secret ?? newSecret();
  const { holder, mode = 'exclusive', ttlMs = DEFAULT_TTL_MS, expiry = 'heartbeat' } = request;
  const hint = step?.runHint ?? runHint;
  const lease = [hint.current(), secret, holderJson(holder), mode, ttlMs, expiry];
  const { script, args } = step ?? { script: scripts.acquire, args: [] };
  const wait = [request.mostNamed ?? '', request.isNewHolder ? 1 : 0, request.lost?.leaseId ?? ''];
  const reply = (await (onConflict === 'wait'
    ? scripts.acquireOrWait(...lease, ...wait, nodes, ...chunks)
    : script(...args, ...lease, onConflict, nodes, ...chunks))) as AcquireReply;
  switch (reply[0]) {
    case 'acquired': {
      const [kind, notice, runId, skipped = [], rows = []] = reply;
      if (runId) hint.note(runId);
      const { stepAnswer, ...acquired } = parseNotice(notice);
      const rest = { skipped, conflicts: readConflicts(rows) };
      return {
        kind,
        lease: toAcquiredLease(acquired, { secret, ttlMs }, rest),
        ...(stepAnswer !== undefined && { stepAnswer }),
      };
    }
    case 'waiting': {
      const conflicts = readConflicts(reply[3] ?? []);
      return {
        kind: 'waiting',
        waiting: toWaitingLease(reply, { secret, ttlMs }, conflicts, reply[4] ?? 0),
      };
    }
    case 'lost':
      throw new LeaseLostError(request.lost!.leaseId);
    case 'refused':
      return { kind: 'refused', why: reply.slice(1) };
    case 'grace':
      await assertGraceOver(reply[1]);
      return acquireAtOnce(deps, request, packed, onConflict, step);
    default:
      throw toAcquireError(reply);
  }
}
