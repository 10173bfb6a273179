/**
 * The task's lease for code inside its run. Nested saves (`withLock`) join it instead of conflicting with their own task.
 * Only the attempt renews and ends it.
 */
import type { Conflict, Holder, LeaseSecret, LockMode, LockScope, RecordKey } from '@rowlock/protocol';
import { ConflictError, LeaseLostError, RowlockError } from '../../errors.ts';
import type { LeaseHandle } from '../../locks/leases/leaseHandle.ts';
import { mergeConflicts } from '../../locks/registry/leaseRow.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import { MAX_RECORDS_PER_STEP } from '../../locks/registry/requests.ts';

export function attemptLease(options: {
  registry: LockRegistry;
  secret: LeaseSecret;
  fence: string;
  records: readonly RecordKey[];
  mode: LockMode;
  /** Aborts when the attempt must stop, for instance if the lease is lost */
  signal: AbortSignal;
  /** Whether the attempt is over: code that its run left behind may no longer use the lease */
  isOver(): boolean;
  /** For a child: reads the lease's newest secret, which its parent's next attempt changes. @throws {LeaseLostError} */
  askSecret?: (() => Promise<string>) | undefined;
}): LeaseHandle {
  const { registry, mode, signal, isOver, askSecret } = options;
  let { secret, fence, records } = options;

  async function attempt<T>(ask: (secret: LeaseSecret) => Promise<T>): Promise<T> {
    if (isOver()) throw new LeaseLostError(secret.leaseId);
    try {
      return await ask(secret);
    } catch (error) {
      if (!(error instanceof LeaseLostError) || !askSecret) throw error;
      secret = { leaseId: secret.leaseId, secret: await askSecret() };
      return ask(secret);
    }
  }

  /**
   * Checks all records before the first of several steps, so that a refusal adds nothing. If somebody acquires a record
   * between two steps, the records of earlier steps stay in the lease until it ends. They cannot be released again, since a
   * child may have been launched on them.
   */
  async function assertFree(steps: readonly RecordKey[][], scope: LockScope = 'record'): Promise<void> {
    const found: Conflict[] = [];
    for (const some of steps) found.push(...(await registry.getConflicts({ records: some, mode, scope })));
    const conflicts = mergeConflicts([found.filter(({ lease }) => lease.id !== secret.leaseId)]);
    if (conflicts.length > 0) throw new ConflictError(conflicts);
  }

  return {
    id: secret.leaseId,
    get secret() {
      return secret.secret;
    },
    get fence() {
      return fence;
    },
    get records() {
      return records;
    },
    skipped: [],
    conflicts: [],
    signal,
    async renew() {
      await attempt((own) => registry.renew(own));
    },
    async extend(more, extendOptions = {}) {
      const steps = inSteps(more);
      if (steps.length > 1 && extendOptions.onConflict !== 'skip')
        await assertFree(steps, extendOptions.scope);
      const left: RecordKey[] = [];
      for (const some of steps) {
        const extension = await attempt((own) => registry.extend(own, { records: some, ...extendOptions }));
        // Two concurrent calls may be answered in the other order.
        if (BigInt(extension.fence) > BigInt(fence)) fence = extension.fence;
        const skipped = new Set(extension.skipped);
        left.push(...extension.skipped);
        records = [...new Set([...records, ...some.filter((key) => !skipped.has(key))])];
      }
      return left;
    },
    async release(some) {
      if (some === undefined || some.length === 0) return;
      await attempt((own) => registry.releaseRecords(own, some));
      const gone = new Set(some);
      records = records.filter((key) => !gone.has(key));
    },
    async transfer(_holder: Holder) {
      throw new RowlockError(
        'bad_request',
        "A task's lease ends with the task, so it cannot be transferred. Launch a child task instead, or wait for the end.",
      );
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** At least one step: the registry refuses an empty list. */
function inSteps(records: readonly RecordKey[]): RecordKey[][] {
  const steps = [records.slice(0, MAX_RECORDS_PER_STEP)];
  for (let start = MAX_RECORDS_PER_STEP; start < records.length; start += MAX_RECORDS_PER_STEP) {
    steps.push(records.slice(start, start + MAX_RECORDS_PER_STEP));
  }
  return steps;
}
