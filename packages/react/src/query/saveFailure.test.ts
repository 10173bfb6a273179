import { problemOf } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { SaveError, toSaveFailure } from './saveFailure.ts';

const refuse = (body: object, status: number): Response => new Response(JSON.stringify(body), { status });

describe('the failure of a save', () => {
  it('A conflict names the holders', async () => {
    const problem = problemOf({ code: 'conflict', message: 'Bo is editing Paris.', conflicts: [] });
    expect(await toSaveFailure(refuse(problem, 409))).toMatchObject({ kind: 'conflict', problem });
  });

  it('A save on old data names the changes, and the version now', async () => {
    const changes = [{ version: 8, recordCount: 1, records: ['cities/1' as const] }];
    const problem = problemOf({ code: 'stale', message: 'Changed.', version: 9, changes });
    expect(await toSaveFailure(refuse(problem, 409))).toMatchObject({ kind: 'stale', changes, version: 9 });
  });

  it.each([429, 503])('The answer %d may be another one later', async (status) => {
    expect(await toSaveFailure(refuse({}, status))).toMatchObject({ kind: 'unavailable' });
  });

  it.each([400, 401, 403, 404, 409, 413, 500])('The answer %d is a refusal', async (status) => {
    expect(await toSaveFailure(refuse({}, status))).toMatchObject({ kind: 'refused', problem: { status } });
  });

  it.each([
    ['Chrome', new TypeError('Failed to fetch')],
    ['Firefox', new TypeError('NetworkError when attempting to fetch resource.')],
    ['Safari', new TypeError('Load failed')],
    ['Node', new TypeError('fetch failed')],
    ['axios', Object.assign(new Error('Network Error'), { isAxiosError: true, code: 'ERR_NETWORK' })],
    ['a timeout', new DOMException('signal timed out', 'TimeoutError')],
    ['a client of your own', new Error('Offline', { cause: new TypeError('Failed to fetch') })],
    ['a gateway', refuse({}, 504)],
  ])('No answer by %s leaves it uncertain whether the save happened', async (_client, thrown) => {
    expect(await toSaveFailure(thrown)).toEqual({ kind: 'uncertain', cause: thrown });
  });

  it('An error of the application is shown in its own words', async () => {
    const error = new TypeError("Cannot read properties of undefined (reading 'name')");
    expect(await toSaveFailure(error)).toMatchObject({ kind: 'refused', problem: { detail: error.message } });
    expect(await toSaveFailure('no')).toMatchObject({ kind: 'refused', problem: { detail: 'no' } });
  });

  it('The text of an uncertain save does not say that it failed', async () => {
    const { message } = new SaveError({ kind: 'uncertain', cause: undefined });
    expect(message).toContain('may have happened');
    expect(message).not.toMatch(/not saved|failed/);
  });
});
