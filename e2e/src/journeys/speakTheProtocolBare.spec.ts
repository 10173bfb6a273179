/** Issue line 8: PROTOCOL.md is exact enough for a client without ours. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startProcess } from '@rowlock/test-utils';
import { expect, test } from '../demo/journey.ts';

const CLIENT = fileURLToPath(new URL('../bareProtocol/client.mjs', import.meta.url));

test('A script with socket.io-client alone signs in, watches, acquires, sees the changes and releases', async ({
  demo,
}) => {
  const imports = (await readFile(CLIENT, 'utf8')).match(/(?<=from ')[^']+|(?<=import\(')[^']+/g);
  expect(imports).toEqual(['node:assert/strict', 'socket.io-client']);

  const client = await startProcess({
    command: process.execPath,
    args: [CLIENT, demo.url],
    env: { NODE_OPTIONS: undefined, FORCE_COLOR: undefined },
  });
  const exit = await client.exited;
  expect(client.output().trim().split('\n')).toEqual([
    'signed in as Ann Lee and Bo Novak',
    'watches: both are free',
    'sees the change: Ann Lee holds both',
    'is refused, and told who is in the way',
    'writes under its lease, and nobody else does',
    'sees the change: both are free again',
    'done',
  ]);
  expect(exit).toEqual({ code: 0, signal: null });
});
