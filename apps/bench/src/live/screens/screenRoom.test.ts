import { expect, test } from 'vitest';
import { roomForScreens } from './screenRoom.ts';

const GIB = 2 ** 30;

test('a machine with enough files and memory connects all screens', () => {
  expect(roomForScreens(5_000, { openFiles: 20_000, memoryBytes: 8 * GIB })).toEqual({ screens: 5_000 });
});

test('roomForScreens names the limit of open files', () => {
  expect(roomForScreens(5_000, { openFiles: 1_024, memoryBytes: 8 * GIB })).toEqual({
    screens: 768,
    limitedBy:
      '768 of 5000 screens were connected, because a process may open only 1024 files. Raise the limit by ulimit -n.',
  });
});

test('roomForScreens names the limit of memory', () => {
  const { screens, limitedBy } = roomForScreens(5_000, { openFiles: 20_000, memoryBytes: GIB });
  expect(screens).toBe(1_835);
  expect(limitedBy).toContain('only 1024 MiB of memory are free');
});
