/** An unexpected `console.error`, React's warnings among them, fails the test that caused it. */
import { afterEach, beforeEach, expect, vi } from 'vitest';

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
});

afterEach(() => {
  const { calls } = vi.mocked(console.error).mock;
  expect(calls, 'console.error was called').toEqual([]);
  vi.mocked(console.error).mockRestore();
});
