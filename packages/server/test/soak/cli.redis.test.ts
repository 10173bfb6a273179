import { fileURLToPath } from 'node:url';
import { startProcess, until } from '@rowlock/test-utils';
import { expect, it } from 'vitest';
import type { Report } from './report.ts';

const CLI = fileURLToPath(new URL('./cli.ts', import.meta.url));
const start = (...args: string[]) =>
  startProcess({ command: process.execPath, args: ['--conditions=@rowlock/source', CLI, ...args] });

it('a soak run that is interrupted judges its history, reports it, and leaves nothing running', async () => {
  const soak = await start(
    'locks',
    '--seed',
    '1',
    '--clients',
    '3',
    '--faults',
    'flushScripts,delay',
    '--json',
  );
  await until(() => /^ {2}(flushScripts|delay)$/m.test(soak.output()), { timeoutMs: 15_000 });
  soak.signal('SIGINT');
  expect(await soak.exited).toEqual({ code: 0, signal: null });
  const output = soak.output();
  expect(output).toContain('SIGINT: this round ends and is judged.');
  const report = JSON.parse(output.slice(output.indexOf('{\n'))) as Report;
  expect(report).toMatchObject({ seed: 1, clients: 3, rounds: 1, violations: [] });
  expect(report.acquired).toBeGreaterThan(0);
});

it('a soak run with a wrong option says why, and exits with code 2', async () => {
  const soak = await start('locks', '--clients', 'many');
  expect(await soak.exited).toEqual({ code: 2, signal: null });
  expect(soak.output()).toContain('--clients is "many". Give a number from 2 to 32.');
});
