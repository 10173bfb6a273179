import { DEFAULT_LIMITS, type ErrorCode, type Hello } from '@rowlock/protocol';
import { expect, it } from 'vitest';
import { RowlockClientError } from '../../core/rowlockClientError.ts';
import { getShownConnection } from './getShownConnection.ts';

const hello: Hello = {
  protocol: 2,
  actor: { id: 'ann', name: 'Ann' },
  sessionId: 's1',
  limits: DEFAULT_LIMITS,
  certain: true,
  now: 1_700_000_000_000,
};
const failure = (code: ErrorCode) => new RowlockClientError({ code, message: 'It failed.' });
const lost = { status: 'reconnecting', sinceMs: 5 } as const;

it('A connection that was live is lost, even after attempts that failed', () => {
  expect(getShownConnection({ ...lost, hello, error: failure('unavailable') })).toEqual({
    ...lost,
    reason: 'lost',
  });
});

it('A connection that never was live is unreachable as soon as a failure is known', () => {
  expect(getShownConnection(lost)).toHaveProperty('reason', 'lost');
  expect(getShownConnection({ ...lost, error: failure('unavailable') })).toHaveProperty(
    'reason',
    'unreachable',
  );
});

it('An offline browser is offline, whatever else failed', () => {
  const offline = { ...lost, error: failure('unavailable'), isOffline: true } as const;
  expect(getShownConnection(offline)).toHaveProperty('reason', 'offline');
});

it.for([
  ['unauthenticated', 'signed-out'],
  ['forbidden', 'no-access'],
  ['bad_request', 'outdated'],
  ['not_found', 'other'],
] as const)('A refusal with %s is shown as %s', ([code, reason]) => {
  expect(getShownConnection({ status: 'refused', error: failure(code) })).toEqual({
    status: 'refused',
    reason,
  });
});
