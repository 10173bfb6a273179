import { expect, test } from 'vitest';
import { verdictOn } from './leaseVerdict.ts';

const lease = { id: '7', fence: '9' };
const row = (changes: object = {}) => ({
  id: '7',
  fence: '9',
  registered: '1000',
  revoked: null,
  reason: null,
  ...changes,
});
const floor = (fence: string) => row({ id: '0', fence, registered: '0' });

test('a lease may write that is unknown, or registered and not revoked', () => {
  expect(verdictOn(lease, [])).toBeUndefined();
  expect(verdictOn(lease, [row()])).toBeUndefined();
  expect(verdictOn(lease, [row({ fence: '8' })])).toBeUndefined();
});

test('a lease is revoked if its own row or an announcement says so, whatever the fence', () => {
  const revoked = { revoked: '5000', reason: 'expired' };
  const verdict = { kind: 'revoked', leaseId: '7', reason: 'expired', revokedAtMs: 5_000 };
  expect(verdictOn(lease, [row({ ...revoked, fence: '3' })])).toEqual(verdict);
  expect(verdictOn(lease, [row(), row({ ...revoked, id: '-7' })])).toEqual(verdict);
});

test('the rows of other leases do not affect a lease', () => {
  const others = ['-8', '8', '77'].map((id) => row({ id, fence: '99', revoked: '5000' }));
  expect(verdictOn(lease, others)).toBeUndefined();
});

test('a later fence of the same lease shuts out the earlier ones, as numbers', () => {
  expect(verdictOn(lease, [row({ fence: '10' })])).toEqual({
    kind: 'later fence',
    leaseId: '7',
    fence: '10',
  });
});

test('the floor counts for a lease that was registered just now, and for no other', () => {
  const rows = [row(), floor('9')];
  expect(verdictOn(lease, rows, 1_000)).toEqual({ kind: 'forgotten', leaseId: '7', floor: '9' });
  expect(verdictOn(lease, rows, 1_001)).toBeUndefined();
  expect(verdictOn(lease, rows)).toBeUndefined();
  expect(verdictOn(lease, [row(), floor('8')], 1_000)).toBeUndefined();
});

test('a driver may give numbers where others give text', () => {
  expect(verdictOn(lease, [row({ fence: 10 })])).toMatchObject({ kind: 'later fence', fence: '10' });
});
