import { DEFAULT_LIMITS, type Hello } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { type ConnectionState, reduceConnection } from './connection.ts';
import { RowlockClientError } from './rowlockClientError.ts';

const hello: Hello = {
  protocol: 2,
  actor: { id: 'ann', name: 'Ann' },
  sessionId: 's1',
  limits: DEFAULT_LIMITS,
  certain: true,
  now: 1_700_000_000_000,
};
const connecting: ConnectionState = { status: 'connecting' };
const live: ConnectionState = { status: 'live', hello };

const noToken = () => new RowlockClientError({ code: 'unavailable', message: 'No token.' });

describe('the connection', () => {
  it('The connection becomes live after the hello of a certain server, and begins to watch and resume', () => {
    expect(reduceConnection(connecting, { type: 'hello', hello, atMs: 1 })).toEqual({
      next: live,
      effects: ['begin'],
    });
  });

  it('The connection becomes uncertain after the hello of a server that does not see Redis', () => {
    const blind = { ...hello, certain: false };
    expect(reduceConnection(connecting, { type: 'hello', hello: blind, atMs: 7 }).next).toEqual({
      status: 'uncertain',
      hello: blind,
      sinceMs: 7,
    });
  });

  it('The connection asks for a refresh when the server sees Redis again', () => {
    const uncertain = reduceConnection(live, { type: 'certainty', certain: false, atMs: 5 });
    expect(uncertain).toEqual({ next: { status: 'uncertain', hello, sinceMs: 5 }, effects: [] });
    expect(reduceConnection(uncertain.next, { type: 'certainty', certain: true, atMs: 9 })).toEqual({
      next: live,
      effects: ['refresh'],
    });
  });

  it('The time of reconnecting counts from the loss, however many attempts fail', () => {
    const first = reduceConnection(live, { type: 'down', atMs: 100 });
    expect(first).toEqual({ next: { status: 'reconnecting', hello, sinceMs: 100 }, effects: ['abandon'] });
    expect(reduceConnection(first.next, { type: 'down', atMs: 900 })).toEqual({
      next: first.next,
      effects: [],
    });
  });

  it('A refused connection stays refused until somebody asks for a new one', () => {
    const error = new RowlockClientError({ code: 'unauthenticated', message: 'No such user.' });
    const refused = reduceConnection(connecting, { type: 'refused', error });
    expect(refused).toEqual({ next: { status: 'refused', error }, effects: ['abandon'] });
    expect(reduceConnection(refused.next, { type: 'down', atMs: 1 }).next).toBe(refused.next);
    expect(reduceConnection(refused.next, { type: 'reconnect', atMs: 1 })).toEqual({
      next: connecting,
      effects: ['close', 'connect'],
    });
  });

  it('A connection can be replaced in every state, for example for new credentials', () => {
    const reconnect = { type: 'reconnect', atMs: 5 } as const;
    const effects = ['abandon', 'close', 'connect'];
    const replaced = { next: { status: 'reconnecting', hello, sinceMs: 5 }, effects };
    expect(reduceConnection(live, reconnect)).toEqual(replaced);
    expect(reduceConnection(replaced.next as ConnectionState, { ...reconnect, atMs: 9 })).toEqual(replaced);
  });

  it('An offline browser is reconnecting at once, and still tries', () => {
    const effects = ['abandon', 'close', 'connect'];
    const offline = reduceConnection(live, { type: 'offline', atMs: 5 });
    expect(offline).toEqual({
      next: { status: 'reconnecting', hello, sinceMs: 5, isOffline: true },
      effects,
    });
    expect(reduceConnection(offline.next, { type: 'down', atMs: 9, error: noToken() }).next).toMatchObject({
      sinceMs: 5,
      isOffline: true,
    });
    expect(reduceConnection(offline.next, { type: 'online' })).toEqual({
      next: { status: 'reconnecting', hello, sinceMs: 5 },
      effects,
    });
    expect(reduceConnection(live, { type: 'online' })).toEqual({ next: live, effects: [] });
  });

  it('A retry after a refusal is not shown, and a refusal alike keeps the same object', () => {
    const error = noToken();
    const refused: ConnectionState = { status: 'refused', error };
    expect(reduceConnection(refused, { type: 'retry' })).toEqual({
      next: refused,
      effects: ['close', 'connect'],
    });
    expect(reduceConnection(refused, { type: 'refused', error: noToken() }).next).toBe(refused);
    expect(reduceConnection(refused, { type: 'hello', hello, atMs: 1 }).next).toEqual(live);
    expect(reduceConnection(refused, { type: 'offline', atMs: 1 }).next).toBe(refused);
    expect(reduceConnection(live, { type: 'retry' })).toEqual({ next: live, effects: [] });
  });

  it('The state shows why the last attempt failed, and stays the same object if the next attempt fails alike', () => {
    const error = noToken();
    const first = reduceConnection(connecting, { type: 'down', atMs: 1, error });
    expect(first.next).toEqual({ status: 'reconnecting', sinceMs: 1, error });
    expect(reduceConnection(first.next, { type: 'down', atMs: 2, error: noToken() }).next).toBe(first.next);
    expect(reduceConnection(first.next, { type: 'down', atMs: 3 }).next).toBe(first.next);
    const other = new RowlockClientError({ code: 'unavailable', message: 'No network.' });
    expect(reduceConnection(first.next, { type: 'down', atMs: 4, error: other }).next).toMatchObject({
      sinceMs: 1,
      error: other,
    });
  });

  it('The connection ends when the server speaks another version, with a message that says what to do', () => {
    const other = { ...hello, protocol: 3 as unknown as 2 };
    const { next, effects } = reduceConnection(connecting, { type: 'hello', hello: other, atMs: 1 });
    expect(next.status === 'refused' && next.error.message).toMatch(/version 3.*version 2.*Reload the page/);
    expect(effects).toEqual(['abandon', 'close']);
  });

  it('The connection ignores certainty before the hello', () => {
    expect(reduceConnection(connecting, { type: 'certainty', certain: false, atMs: 1 })).toEqual({
      next: connecting,
      effects: [],
    });
  });
});
