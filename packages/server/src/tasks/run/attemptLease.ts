/**
 * The task's lease for code inside its run. Nested saves (`withLock`) join it instead of conflicting with their own task.
 * Only the attempt renews and ends it.
 */
import type { Holder, LeaseSecret, LockMode, RecordKey } from '@rowlock/protocol';
import { LeaseLostError, RowlockError } from '../../errors.ts';
import type { LeaseHandle } from '../../locks/leases/leaseHandle.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import { assertFree, splitIntoSteps } from './extensionSteps.ts';

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
      const { onConflict, scope = 'record' } = extendOptions;
      const steps = splitIntoSteps(more);
      if (steps.length > 1 && onConflict !== 'skip')
        await assertFree(registry, secret.leaseId, steps, { mode, scope });
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
