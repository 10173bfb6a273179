import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { openTerminal } from './terminal.ts';

function open({ isTTY = true } = {}) {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  for (const stream of Object.values(streams)) Object.assign(stream, { isTTY });
  const terminal = openTerminal(streams as unknown as NodeJS.Process);
  return { terminal, ...streams, shown: () => String(streams.stderr.read() ?? '') };
}

it.each([
  ['y\n', true],
  [' YES \n', true],
  ['\n', false],
  ['n\n', false],
  ['yesterday\n', false],
])('a terminal reads the answer %j as %s', async (answer, isConfirmed) => {
  const { terminal, stdin, shown } = open();
  const confirmed = terminal.confirm('End this lease?');
  expect(shown()).toContain('End this lease? [y/N]');
  stdin.write(answer);
  expect(await confirmed).toBe(isConfirmed);
});

it('a terminal reads the end of the input as no', async () => {
  const { terminal, stdin } = open();
  const confirmed = terminal.confirm('End this lease?');
  stdin.end();
  expect(await confirmed).toBe(false);
});

it('confirm asks nobody if there is no terminal', async () => {
  const { terminal, shown } = open({ isTTY: false });
  expect(await terminal.confirm('End this lease?')).toBeUndefined();
  expect(shown()).toBe('');
});

it('progress overwrites its line on a terminal, and elsewhere prints only changes', () => {
  const onTerminal = open();
  onTerminal.terminal.progress('one');
  onTerminal.terminal.progress('two');
  onTerminal.terminal.say('done');
  expect(onTerminal.shown()).toBe('\r\u001b[Kone\r\u001b[Ktwo\r\u001b[Kdone\n');
  const inFile = open({ isTTY: false });
  for (const line of ['one', 'one', 'two']) inFile.terminal.progress(line);
  expect(inFile.shown()).toBe('one\ntwo\n');
});

it('a reader that stops early is not a failure', () => {
  const { terminal, stdout } = open();
  stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  terminal.print('more');
});
