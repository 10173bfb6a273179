import { expect, test } from 'vitest';
import { createSteps } from './steps.mjs';

function recordingStream() {
  const written = [];
  return { written, write: (text) => written.push(text) };
}

test('steps say which of how many is running, how it went and how long it took', async () => {
  const stream = recordingStream();
  let clock = 0;
  const steps = createSteps(2, { stream, now: () => clock });
  await steps.run('Packages', async () => {
    clock += 1_500;
    return 'installed';
  });
  await steps.run('Redis', async () => {
    clock += 62_000;
  });
  expect(stream.written.join('')).toBe(
    '  [1/2] Packages …\n✓ [1/2] Packages: installed (1.5 s)\n  [2/2] Redis …\n✓ [2/2] Redis (1 min 2 s)\n',
  );
});

test('a step that fails says so, and its error is thrown on', async () => {
  const stream = recordingStream();
  const steps = createSteps(1, { stream, now: () => 0 });
  const failing = steps.run('Redis', () => Promise.reject(new Error('none')));
  await expect(failing).rejects.toThrow('none');
  expect(stream.written.at(-1)).toBe('✗ [1/1] Redis: failed after 0.0 s\n');
});
