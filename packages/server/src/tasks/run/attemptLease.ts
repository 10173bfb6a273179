/**
 * A task's lease as code inside its run has it: nested saves (`withLock`) join it instead of meeting their own task as a
 * conflict. The attempt beats for it and ends it; nobody inside does.
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
  /** Aborts when the attempt is to stop, also because the lease is lost */
  signal: AbortSignal;
  /** Whether the attempt is over: what its run has left behind may do nothing more */
  isOver(): boolean;
  /** Of a child: the lease's newest secret, which its parent's next attempt changes. @throws {LeaseLostError} */
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
   * Before the first of several steps, so that a refusal leaves nothing. What somebody takes between two of them stays with
   * this lease until its end, since it cannot be let go again: a child may have been launched upon it.
   */
  async function assertFree(steps: readonly RecordKey[][], scope: LockScope = 'record'): Promise<void> {
    const found: Conflict[] = [];
    for (const some of steps) found.push(...(await registry.conflictsOf({ records: some, mode, scope })));
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
        // Of two calls at once, the one that is answered later need not be the later one.
        if (BigInt(extension.fence) > BigInt(fence)) fence = extension.fence;
        const skipped = new Set(extension.skipped);
        left.push(...extension.skipped);
        records = [...new Set([...records, ...some.filter((key) => !skipped.has(key))])];
      }
      return left;
    },
    async release(some) {
      if (some === undefined || some.length === 0) return;
      await attempt((own) => registry.free(own, some));
      const gone = new Set(some);
      records = records.filter((key) => !gone.has(key));
    },
    async transfer(_holder: Holder) {
      throw new RowlockError('bad_request', "A task's lease ends with the task and cannot be handed over.");
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** One at least: what is wrong with none at all, the registry says. */
function inSteps(records: readonly RecordKey[]): RecordKey[][] {
  const steps = [records.slice(0, MAX_RECORDS_PER_STEP)];
  for (let start = MAX_RECORDS_PER_STEP; start < records.length; start += MAX_RECORDS_PER_STEP) {
    steps.push(records.slice(start, start + MAX_RECORDS_PER_STEP));
  }
  return steps;
}
