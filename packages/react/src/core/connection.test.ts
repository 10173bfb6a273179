import { DEFAULT_LIMITS, type Hello } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { type Connection, reduceConnection } from './connection.ts';

const hello: Hello = {
  protocol: 1,
  actor: { id: 'ann', name: 'Ann' },
  sessionId: 's1',
  limits: DEFAULT_LIMITS,
  certain: true,
  now: 1_700_000_000_000,
};
const connecting: Connection = { status: 'connecting' };
const live: Connection = { status: 'live', hello };

describe('the connection', () => {
  it('is live once a certain server has greeted it, and begins to watch and resume', () => {
    expect(reduceConnection(connecting, { type: 'hello', hello, atMs: 1 })).toEqual({
      next: live,
      effects: ['begin'],
    });
  });

  it('is uncertain where the server that greets it does not see Redis', () => {
    const blind = { ...hello, certain: false };
    expect(reduceConnection(connecting, { type: 'hello', hello: blind, atMs: 7 }).next).toEqual({
      status: 'uncertain',
      hello: blind,
      sinceMs: 7,
    });
  });

  it('refreshes what it saw when the server sees Redis again', () => {
    const uncertain = reduceConnection(live, { type: 'certainty', certain: false, atMs: 5 });
    expect(uncertain).toEqual({ next: { status: 'uncertain', hello, sinceMs: 5 }, effects: [] });
    expect(reduceConnection(uncertain.next, { type: 'certainty', certain: true, atMs: 9 })).toEqual({
      next: live,
      effects: ['refresh'],
    });
  });

  it('tells since when it is reconnecting, however many attempts fail', () => {
    const first = reduceConnection(live, { type: 'down', atMs: 100 });
    expect(first).toEqual({ next: { status: 'reconnecting', hello, sinceMs: 100 }, effects: ['abandon'] });
    expect(reduceConnection(first.next, { type: 'down', atMs: 900 })).toEqual({
      next: first.next,
      effects: [],
    });
  });

  it('stays refused until it is asked to try again', () => {
    const error = { code: 'unauthenticated', message: 'No such user.' } as const;
    const refused = reduceConnection(connecting, { type: 'refused', error });
    expect(refused).toEqual({ next: { status: 'refused', error }, effects: ['abandon'] });
    expect(reduceConnection(refused.next, { type: 'down', atMs: 1 }).next).toBe(refused.next);
    expect(reduceConnection(refused.next, { type: 'reconnect', atMs: 1 })).toEqual({
      next: connecting,
      effects: ['close', 'connect'],
    });
  });

  it('is replaced on demand, whatever its state, for example for new credentials', () => {
    const reconnect = { type: 'reconnect', atMs: 5 } as const;
    const effects = ['abandon', 'close', 'connect'];
    const replaced = { next: { status: 'reconnecting', hello, sinceMs: 5 }, effects };
    expect(reduceConnection(live, reconnect)).toEqual(replaced);
    expect(reduceConnection(replaced.next as Connection, { ...reconnect, atMs: 9 })).toEqual(replaced);
  });

  it('says why the last attempt failed, and keeps the same object if the next one fails alike', () => {
    const error = { code: 'unavailable', message: 'No token.' } as const;
    const first = reduceConnection(connecting, { type: 'down', atMs: 1, error });
    expect(first.next).toEqual({ status: 'reconnecting', sinceMs: 1, error });
    expect(reduceConnection(first.next, { type: 'down', atMs: 2, error: { ...error } }).next).toBe(
      first.next,
    );
    expect(reduceConnection(first.next, { type: 'down', atMs: 3 }).next).toBe(first.next);
    const other = { ...error, message: 'No network.' };
    expect(reduceConnection(first.next, { type: 'down', atMs: 4, error: other }).next).toMatchObject({
      sinceMs: 1,
      error: other,
    });
  });

  it('refuses a server that speaks another version, and says what to do', () => {
    const other = { ...hello, protocol: 2 as unknown as 1 };
    const { next, effects } = reduceConnection(connecting, { type: 'hello', hello: other, atMs: 1 });
    expect(next.status === 'refused' && next.error.message).toMatch(/version 2.*version 1.*Reload the page/);
    expect(effects).toEqual(['abandon', 'close']);
  });

  it('ignores certainty before a greeting', () => {
    expect(reduceConnection(connecting, { type: 'certainty', certain: false, atMs: 1 })).toEqual({
      next: connecting,
      effects: [],
    });
  });
});
