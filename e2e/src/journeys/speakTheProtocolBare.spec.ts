/** PROTOCOL.md is exact enough for a client that uses none of our packages. */
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
    'Bo watches both cities: they are free',
    'Bo sees the change: Ann Lee holds both',
    'Bo is refused, and the error names the lease that blocks the city',
    'Ann writes under her lease, and Bo cannot write',
    'Bo sees the change: both are free again',
    'done',
  ]);
  expect(exit).toEqual({ code: 0, signal: null });
});
