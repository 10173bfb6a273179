import { fileURLToPath } from 'node:url';
import { startProcess } from '@rowlock/test-utils';
import { expect, it } from 'vitest';

const SOAK = fileURLToPath(new URL('../../../scripts/soak.mjs', import.meta.url));
const start = (...args: string[]) =>
  startProcess({ command: process.execPath, args: ['--conditions=@rowlock/source', SOAK, ...args] });

it('a soak run of one round reports that all views have converged', async () => {
  const soak = await start('live', '--seed', '1', '--rounds', '1', '--episodes', '1', '--tabs', '2');
  expect(await soak.exited, soak.output()).toEqual({ code: 0, signal: null });
  expect(soak.output()).toMatch(/All views converged: 1 rounds from seed 1, \d+ pieces of work\./);
});

it('a soak run with a wrong name or option says why, and exits with code 2', async () => {
  const unknown = await start('lies');
  expect(await unknown.exited).toEqual({ code: 2, signal: null });
  expect(unknown.output()).toContain('Name a soak run: locks, live, mistakes.');
  const wrong = await start('live', '--tabs', 'many');
  expect(await wrong.exited).toEqual({ code: 2, signal: null });
  expect(wrong.output()).toContain('--tabs is "many". Give a number from 2 to 8.');
});
