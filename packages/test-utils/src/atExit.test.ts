import { expect, test } from 'vitest';
import { startProcess } from './startProcess.ts';

test('any amount of work is done at the end of the process, except work that was cancelled', async () => {
  const module = new URL('./atExit.ts', import.meta.url).href;
  const ended = await startProcess({
    command: process.execPath,
    args: [
      '--input-type=module',
      '-e',
      `import { atExit } from ${JSON.stringify(module)};
       for (let count = 1; count <= 50; count++) atExit(() => {});
       const takeBack = atExit(() => console.log('taken back'));
       atExit(() => console.log('done'));
       takeBack();
       process.exit(7);`,
    ],
  });
  expect(await ended.exited).toEqual({ code: 7, signal: null });
  expect(ended.output()).toBe('done\n');
});
