/** A registry whose requests for records are spans. */

import { type AcquireOutcome, getAcquireOutcome } from '../../acquireOutcome.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import type { RegistryInside } from './registry.ts';
import type { ClaimRequest } from './requests.ts';

export function tracedRegistry(registry: RegistryInside, tracing: Tracing): RegistryInside {
  const traced = <T>(
    { holder, records }: Pick<ClaimRequest, 'holder' | 'records'>,
    ask: () => Promise<T>,
    resultOf: (answer: T) => AcquireOutcome,
  ): Promise<T> => {
    const attributes = {
      'rowlock.records.count': records.length,
      'rowlock.holder.type': holder.type,
      ...(holder.type === 'task' && { 'rowlock.task.id': holder.id }),
    };
    return tracing.span('rowlock.acquire', attributes, async (span) => {
      try {
        const answer = await ask();
        span.set({ 'rowlock.result': resultOf(answer) });
        return answer;
      } catch (error) {
        span.set({ 'rowlock.result': getAcquireOutcome(error) });
        throw error;
      }
    });
  };
  return {
    ...registry,
    acquire: (request) =>
      traced(
        request,
        () => registry.acquire(request),
        () => 'granted',
      ),
    acquireBy: (step, request) =>
      traced(
        request,
        () => registry.acquireBy(step, request),
        ({ kind }) => kind,
      ),
    queue: (request) =>
      traced(
        request,
        () => registry.queue(request),
        ({ kind }) => kind,
      ),
    takeOver: (request) =>
      traced(
        request,
        () => registry.takeOver(request),
        () => 'granted',
      ),
  };
}
