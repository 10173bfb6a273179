import { expect, test } from 'vitest';
import { until } from './until.ts';

test('gives back the first truthy thing that is seen', async () => {
  let looks = 0;
  expect(await until(() => ++looks >= 3 && `after ${looks}`)).toBe('after 3');
});

test('waits for an assertion to hold', async () => {
  let looks = 0;
  await until(() => {
    expect(++looks).toBe(2);
    return true;
  });
  expect(looks).toBe(2);
});

test('says on failure what was waited for and what was seen last', async () => {
  const waiting = until(() => ({ state: 'running' }).state === 'completed', {
    timeoutMs: 30,
    intervalMs: 5,
    what: 'the task to end',
  });
  await expect(waiting).rejects.toThrow('Waited 30 ms for the task to end; the last look saw false');
});

test('says on failure how the last look failed, and keeps it as the cause', async () => {
  const refused = new Error('connection refused');
  const waiting = until(() => Promise.reject(refused), { timeoutMs: 30, intervalMs: 5 });
  await expect(waiting).rejects.toMatchObject({
    message: expect.stringContaining('connection refused'),
    cause: refused,
  });
});
