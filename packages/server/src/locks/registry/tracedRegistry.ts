/** A registry whose requests for records are spans. */

import { type AcquireOutcome, getAcquireOutcome } from '../../acquireOutcome.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import type { InternalRegistry } from './lockRegistry.ts';
import type { LeaseRequest } from './requests.ts';

export function tracedRegistry(registry: InternalRegistry, tracing: Tracing): InternalRegistry {
  const traced = <T>(
    { holder, records }: Pick<LeaseRequest, 'holder' | 'records'>,
    ask: () => Promise<T>,
    toResult: (answer: T) => AcquireOutcome,
  ): Promise<T> => {
    const attributes = {
      'rowlock.records.count': records.length,
      'rowlock.holder.type': holder.type,
      ...(holder.type === 'task' && { 'rowlock.task.id': holder.id }),
    };
    return tracing.span('rowlock.acquire', attributes, async (span) => {
      try {
        const answer = await ask();
        span.set({ 'rowlock.result': toResult(answer) });
        return answer;
      } catch (error) {
        span.set({ 'rowlock.result': getAcquireOutcome(error) });
        throw error;
      }
    });
  };
  const toAcquired = () => 'acquired' as const;
  const toKind = <K>({ kind }: { kind: K }) => kind;
  return {
    ...registry,
    acquire: (request) => traced(request, () => registry.acquire(request), toAcquired),
    acquireBy: (step, request) => traced(request, () => registry.acquireBy(step, request), toKind),
    acquireOrWait: (request) => traced(request, () => registry.acquireOrWait(request), toKind),
    takeOver: (request) => traced(request, () => registry.takeOver(request), toAcquired),
  };
}
