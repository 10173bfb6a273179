/**
 * A task's lease as code inside its run has it: nested saves (`withLock`) join it instead of meeting their own task as a
 * conflict. The attempt beats for it and ends it; nobody inside does.
 */
import type { Holder, LeaseProof, RecordKey } from '@rowlock/protocol';
import { LeaseLostError, RowlockError } from '../errors.ts';
import type { LeaseHandle } from '../locks/leaseHandle.ts';
import type { LockRegistry } from '../locks/lockRegistry.ts';
import { MAX_RECORDS_PER_STEP } from '../locks/requests.ts';

export function attemptLease(options: {
  registry: LockRegistry;
  proof: LeaseProof;
  fence: string;
  records: readonly RecordKey[];
  /** Aborts when the attempt is to stop, also because the lease is lost */
  signal: AbortSignal;
  /** Whether the attempt is over: what its run has left behind may do nothing more */
  isOver(): boolean;
  /** Of a child: the lease's newest secret, which its parent's next attempt changes. @throws {LeaseLostError} */
  askSecret?: (() => Promise<string>) | undefined;
}): LeaseHandle {
  const { registry, signal, isOver, askSecret } = options;
  let { proof, fence, records } = options;

  async function attempt<T>(ask: (proof: LeaseProof) => Promise<T>): Promise<T> {
    if (isOver()) throw new LeaseLostError(proof.leaseId);
    try {
      return await ask(proof);
    } catch (error) {
      if (!(error instanceof LeaseLostError) || !askSecret) throw error;
      proof = { leaseId: proof.leaseId, secret: await askSecret() };
      return ask(proof);
    }
  }

  return {
    id: proof.leaseId,
    get secret() {
      return proof.secret;
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
      const before = new Set(records);
      const left: RecordKey[] = [];
      const added: RecordKey[] = [];
      for (let start = 0; start < more.length; start += MAX_RECORDS_PER_STEP) {
        const some = more.slice(start, start + MAX_RECORDS_PER_STEP);
        try {
          const extension = await attempt((own) => registry.extend(own, { records: some, ...extendOptions }));
          // Of two calls at once, the one that is answered later need not be the later one.
          if (BigInt(extension.fence) > BigInt(fence)) fence = extension.fence;
          const skipped = new Set(extension.skipped);
          left.push(...extension.skipped);
          added.push(...some.filter((key) => !skipped.has(key) && !before.has(key)));
        } catch (error) {
          // All or nothing. What cannot be let go now is let go with the lease.
          if (added.length > 0) await attempt((own) => registry.free(own, added)).catch(() => {});
          throw error;
        }
      }
      records = [...new Set([...records, ...added])];
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
