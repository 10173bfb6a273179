/** PROTOCOL.md is exact enough for a client that uses none of our packages. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startProcess } from '@rowlock/test-utils';
import { expect, test } from '../demo/journey.ts';

const PAGE = new URL('../../../PROTOCOL.md', import.meta.url);
const CLIENT = fileURLToPath(new URL('../bareProtocol/client.mjs', import.meta.url));

test('A script with socket.io-client alone uses every message of the protocol', async ({ demo }) => {
  const imports = (await readFile(CLIENT, 'utf8')).match(/(?<=from ')[^']+|(?<=import\(')[^']+/g);
  expect(imports).toEqual(['node:assert/strict', 'node:crypto', 'socket.io-client']);

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
    'Bo lists the locks on all cities',
    'Bo lists the lease that a request for the city would wait for',
    'Ann resumes her lease on a new connection',
    'Ann writes under her lease, and Bo cannot write',
    'Ann adds a city to her lease and releases it, and Bo takes it',
    'Bo asks for a city, and Ann answers that it takes longer',
    'Bo waits for the city, and holds it when Ann releases it',
    'Bo sees the change: both are free again',
    'Ann launches a task once, and Bo sees how it completes',
    'Ann cancels and retries a task, and Bo lists all three',
    'Ann signs out, and her session ends',
    `used ${(await listMessages()).toSorted().join(' ')}`,
  ]);
  expect(exit).toEqual({ code: 0, signal: null });
});

/** The messages in the first table of that part of the page, which is made from the schemas. */
async function listMessages(): Promise<string[]> {
  const [, part = ''] = (await readFile(PAGE, 'utf8')).split('<!-- generated: client messages -->\n');
  const [table = ''] = part.split('\n\n');
  return [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name!);
}
