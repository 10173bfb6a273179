import { expect, test } from 'vitest';
import { startProcess } from './startProcess/startProcess.ts';

test('atExit runs every callback when the process exits, except the cancelled ones', async () => {
  const module = new URL('./atExit.ts', import.meta.url).href;
  const ended = await startProcess({
    command: process.execPath,
    args: [
      '--input-type=module',
      '-e',
      `import { atExit } from ${JSON.stringify(module)};
       for (let count = 1; count <= 50; count++) atExit(() => {});
       const cancel = atExit(() => console.log('cancelled'));
       atExit(() => console.log('done'));
        cancel();
       process.exit(7);`,
    ],
  });
  expect(await ended.exited).toEqual({ code: 7, signal: null });
  expect(ended.output()).toBe('done\n');
});
