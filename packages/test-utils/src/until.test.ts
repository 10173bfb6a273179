import { expect, test } from 'vitest';
import { until } from './until.ts';

test('until returns the first truthy value', async () => {
  let looks = 0;
  expect(await until(() => ++looks >= 3 && `after ${looks}`)).toBe('after 3');
});

test('until waits until an assertion passes', async () => {
  let looks = 0;
  await until(() => {
    expect(++looks).toBe(2);
    return true;
  });
  expect(looks).toBe(2);
});

test('until names the awaited condition and the last value when it times out', async () => {
  const waiting = until(() => ({ state: 'running' }).state === 'completed', {
    timeoutMs: 30,
    intervalMs: 5,
    what: 'the task to end',
  });
  await expect(waiting).rejects.toThrow('Waited 30 ms for the task to end; the last look saw false');
});

test('until names the last error when it times out, and keeps it as the cause', async () => {
  const refused = new Error('connection refused');
  const waiting = until(() => Promise.reject(refused), { timeoutMs: 30, intervalMs: 5 });
  await expect(waiting).rejects.toMatchObject({
    message: expect.stringContaining('connection refused'),
    cause: refused,
  });
});
