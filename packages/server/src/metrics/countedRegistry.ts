/** A registry that counts how requests for records come out. */

import { type AcquireOutcome, getAcquireOutcome } from '../acquireOutcome.ts';
import type { InternalRegistry } from '../locks/registry/lockRegistry.ts';
import type { Counts } from './counts.ts';

export function countedRegistry(registry: InternalRegistry, { acquires }: Counts): InternalRegistry {
  async function counted<T>(asked: Promise<T>, resultOf: (answer: T) => AcquireOutcome): Promise<T> {
    try {
      const answer = await asked;
      acquires[resultOf(answer)]++;
      return answer;
    } catch (error) {
      acquires[getAcquireOutcome(error)]++;
      throw error;
    }
  }
  return {
    ...registry,
    acquire: (request) => counted(registry.acquire(request), () => 'acquired'),
    acquireBy: (step, request) => counted(registry.acquireBy(step, request), ({ kind }) => kind),
    acquireOrWait: (request) => counted(registry.acquireOrWait(request), ({ kind }) => kind),
    takeOver: (request) => counted(registry.takeOver(request), () => 'acquired'),
  };
}
