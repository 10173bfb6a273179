import { expect, test } from 'vitest';
import { until } from '../until.ts';
import { startProcess } from './startProcess.ts';

const node = (script: string) => ({ command: process.execPath, args: ['-e', script] });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('startProcess waits for the ready line and collects all output', async () => {
  const started = await startProcess({
    ...node(`console.error('warming up'); console.log('ready on 1234'); setInterval(() => {}, 1000)`),
    readyLine: /^ready on \d+$/,
  });
  expect(started.readyLine).toBe('ready on 1234');
  await until(() => started.output().includes('warming up'));
  expect(await started.stop()).toEqual({ code: null, signal: 'SIGTERM' });
});

test('startProcess passes variables to the program and removes undefined ones', async () => {
  const started = await startProcess({
    ...node(`console.log('env', process.env.ROWLOCK_GIVEN, 'HOME' in process.env)`),
    env: { ROWLOCK_GIVEN: 'given', HOME: undefined },
    readyLine: 'env ',
  });
  expect(started.readyLine).toBe('env given false');
  expect(await started.exited).toEqual({ code: 0, signal: null });
});

test('startProcess rejects with the output if the program ends before the ready line', async () => {
  const starting = startProcess({
    ...node(`console.error('no database'); process.exit(3)`),
    readyLine: 'ready',
  });
  await expect(starting).rejects.toThrow(/ended with exit code 3.*no database/s);
});

test('startProcess kills a program that is never ready', async () => {
  const starting = startProcess({
    ...node(`console.log('pid', process.pid); setInterval(() => {}, 1000)`),
    readyLine: 'ready',
    timeoutMs: 500,
  });
  const error = await starting.then(
    () => expect.unreachable(),
    (reason: Error) => reason,
  );
  expect(error.message).toContain('was not ready after 500 ms');
  expect(isAlive(Number(/pid (\d+)/.exec(error.message)?.[1]))).toBe(false);
});

test('startProcess names a program that does not exist', async () => {
  await expect(startProcess({ command: 'rowlock-no-such-program' })).rejects.toThrow(
    /Could not start rowlock-no-such-program/,
  );
});

test('kill ends the children of the process too', async () => {
  const started = await startProcess({
    command: '/bin/sh',
    args: ['-c', 'sleep 100 & echo "child $!"; wait'],
    readyLine: 'child ',
  });
  const childPid = Number(started.readyLine.split(' ')[1]);
  expect(isAlive(childPid)).toBe(true);
  await started.kill('SIGKILL');
  await until(() => !isAlive(childPid), { what: 'the child to be gone' });
});

test('stop ends a process that ignores SIGTERM only because it is frozen', async () => {
  const started = await startProcess({ command: 'sleep', args: ['100'] });
  started.signal('SIGSTOP');
  expect(await started.stop()).toEqual({ code: null, signal: 'SIGTERM' });
});

test('a started process ends when its parent is killed', async () => {
  const module = new URL('./startProcess.ts', import.meta.url).href;
  const parent = await startProcess({
    command: process.execPath,
    args: [
      '--input-type=module',
      '-e',
      `import { startProcess } from ${JSON.stringify(module)};
       const child = await startProcess({ command: 'sleep', args: ['100'] });
       console.log('child', child.pid);
       setInterval(() => {}, 1000);`,
    ],
    readyLine: 'child ',
  });
  const childPid = Number(parent.readyLine.split(' ')[1]);
  expect(isAlive(childPid)).toBe(true);
  await parent.kill('SIGKILL');
  await until(() => !isAlive(childPid), { what: 'the child of the killed process to be gone' });
});
