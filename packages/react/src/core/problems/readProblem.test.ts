import { problemOf } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { readProblem } from './readProblem.ts';

const stale = problemOf({ code: 'stale', message: 'Paris was changed.', version: 9, changes: [] });
const answer = (body: unknown, status: number): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
const throwing = (fields: object, message = 'Request failed'): Error =>
  Object.assign(new Error(message), fields);

describe('reading a refused request', () => {
  it.each([
    ['a Response', answer(stale, 409)],
    ['an error of axios', throwing({ isAxiosError: true, response: { status: 409, data: stale } })],
    [
      'an error of axios with a body of text',
      throwing({ response: { status: 409, data: JSON.stringify(stale) } }),
    ],
    ['an error of superagent', throwing({ status: 409, response: { status: 409, body: stale, text: '' } })],
    ['an error of ky', throwing({ response: answer(stale, 409) })],
    ['an error of ofetch', throwing({ response: answer('', 409), data: stale, status: 409 })],
    ['an error of react-admin', throwing({ status: 409, body: stale })],
    ['an error that has the problem', throwing({ problem: stale })],
    ['the body itself', stale],
    ['a cause', new Error('Could not save', { cause: answer(stale, 409) })],
  ])('A problem is found in %s', async (_form, failure) => {
    expect(await readProblem(failure)).toEqual({ ...stale, body: stale });
  });

  it('The Response can still be read by others', async () => {
    const response = answer(stale, 409);
    await readProblem(response);
    expect(await response.json()).toEqual(stale);
  });

  it('A Response that was read by others still has a status', async () => {
    const response = answer(stale, 403);
    await response.text();
    expect(await readProblem(response)).toMatchObject({ status: 403, code: 'forbidden', body: undefined });
  });

  it.each([
    [400, 'bad_request'],
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [409, 'bad_request'],
    [413, 'too_large'],
    [418, 'bad_request'],
    [429, 'rate_limited'],
    [500, 'internal'],
    [502, 'internal'],
    [503, 'unavailable'],
  ])('The answer %d of another route has the code %s', async (status, code) => {
    expect(await readProblem(answer('<h1>Sorry</h1>', status))).toMatchObject({ status, code });
  });

  it('The body of another route is kept, and its own words are shown', async () => {
    const body = { code: 'taken', detail: 'That name is taken.', fields: ['name'] };
    expect(await readProblem(answer(body, 400))).toMatchObject({
      code: 'bad_request',
      detail: body.detail,
      body,
    });
    expect(await readProblem(answer({ message: 'No.' }, 400))).toMatchObject({
      detail: 'No.',
      message: 'No.',
    });
  });

  it('An answer without words is named by its status', async () => {
    expect(await readProblem(answer('', 413))).toMatchObject({
      detail: 'The server answered 413',
      body: undefined,
    });
  });

  it.each([
    ['an error of the network', new TypeError('Failed to fetch')],
    [
      'an error of axios without an answer',
      throwing({ isAxiosError: true, request: {}, code: 'ERR_NETWORK' }),
    ],
    ['text', 'no'],
    ['nothing', undefined],
  ])('There is no answer in %s', async (_form, failure) => {
    expect(await readProblem(failure)).toBeUndefined();
  });

  it('An error that is its own cause ends the search', async () => {
    const error = new Error('circle');
    error.cause = error;
    expect(await readProblem(error)).toBeUndefined();
  });
});
