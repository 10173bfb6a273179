/**
 * A task's lease as code inside its run has it: nested saves (`withLock`) join it instead of meeting their own task as a
 * conflict. The attempt beats for it and ends it; nobody inside does.
 */
import type { Holder, LeaseProof, RecordKey } from '@rowlock/protocol';
import { RowlockError } from '../errors.ts';
import type { LeaseHandle } from '../locks/leaseHandle.ts';
import type { LockRegistry } from '../locks/lockRegistry.ts';

export function attemptLease(options: {
  registry: LockRegistry;
  proof: LeaseProof;
  fence: string;
  records: readonly RecordKey[];
  /** Aborts when the attempt is to stop, also because the lease is lost */
  signal: AbortSignal;
}): LeaseHandle {
  const { registry, proof, signal } = options;
  let { fence, records } = options;
  return {
    id: proof.leaseId,
    secret: proof.secret,
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
      await registry.renew(proof);
    },
    async extend(more, extendOptions = {}) {
      const extension = await registry.extend(proof, { records: more, ...extendOptions });
      const left = new Set(extension.skipped);
      fence = extension.fence;
      records = [...new Set([...records, ...more.filter((key) => !left.has(key))])];
      return extension.skipped;
    },
    async release(some) {
      if (some === undefined || some.length === 0) return;
      await registry.free(proof, some);
      const gone = new Set(some);
      records = records.filter((key) => !gone.has(key));
    },
    async transfer(_holder: Holder) {
      throw new RowlockError('bad_request', "A task's lease ends with the task and cannot be handed over.");
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
