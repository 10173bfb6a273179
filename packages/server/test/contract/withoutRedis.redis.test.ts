import { expect, it } from 'vitest';
import { UnavailableError } from '../../src/errors.ts';
import { ann, bo, errorOf, toLeaseSecret, useRedis } from '../fixtures/lockFixture.ts';

const { open, server } = useRedis();

/** How long a command may take if Redis does not answer */
const COMMAND_LIMIT_MS = 2_000;

it('P11: every verb says at once that Redis cannot be reached', async () => {
  const { registry, locks } = await open();
  const lease = await registry.acquire({ holder: ann, records: ['cities/1'] });
  const leaseSecret = toLeaseSecret(lease);
  const request = { holder: bo, records: ['cities/2'] as const };
  await server().kill();
  const verbs = [
    () => registry.acquire(request),
    () => registry.acquireOrWait(request),
    () => registry.takeOver({ ...request, leaseIds: [], by: bo.actor, reason: 'now' }),
    () => registry.extend(leaseSecret, request),
    () => registry.renew(leaseSecret),
    () => registry.releaseRecords(leaseSecret, ['cities/1']),
    () => registry.transfer(leaseSecret, { holder: bo }),
    () => registry.resume(leaseSecret),
    () => registry.prove(leaseSecret, ['cities/1']),
    () => registry.check(['cities/1']),
    () => registry.listHolders(['cities/1']),
    () => registry.list(),
    () => registry.isInForce(lease.id),
    () => registry.getCoverage([lease.id]),
    () => registry.expire(lease.id, 0, 'expired'),
    () => registry.sweep(),
    () => registry.release(leaseSecret),
    () => locks.audit.listByRecord('cities/1'),
  ];
  const beganMs = performance.now();
  for (const verb of verbs) expect(await errorOf(verb())).toBeInstanceOf(UnavailableError);
  // If each of them waited for its limit, they would take twice as long.
  expect(performance.now() - beganMs).toBeLessThan((verbs.length * COMMAND_LIMIT_MS) / 2);
}, 60_000);
