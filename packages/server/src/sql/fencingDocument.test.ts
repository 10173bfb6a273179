import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { leaseStatements } from './leaseStatements.ts';
import { fenceColumnDdl, rowStatements } from './rowStatements.ts';

const inOneLine = (text: string) => text.replace(/\s+/g, ' ');
const document = inOneLine(await readFile(new URL('../../FENCING.md', import.meta.url), 'utf8'));

const rows = { table: 'cities', ids: [1, 2], fence: '7' };
const lease = { id: '7', fence: '7' };
const { create, lock, register, read, revoke } = leaseStatements('postgresql');
const revocation = { leaseId: '7', fence: '7', reason: 'expired', nowMs: 1, waitMs: 1 };

test.each([
  ['the column', fenceColumnDdl('sqlite', 'cities')],
  ['a write, with $1', rowStatements('postgresql', rows)[0]!.seal.sql],
  ['the look behind it, with $1', rowStatements('postgresql', rows)[0]!.overtaken.sql],
  ['a write, with ?', rowStatements('sqlite', rows)[0]!.seal.sql],
  ['the look behind it, with ?', rowStatements('sqlite', rows)[0]!.overtaken.sql],
  ['the lease table', create[0]!.sql],
  ['the check of a lease', lock!(lease, 1).sql],
  ['registering a lease', register(lease, 1).sql],
  ['the second look', read('7').sql],
  ['the mark of a revoker', revoke(revocation)[0]!.sql],
])('FENCING.md gives %s as it is run', (_, statement) => {
  expect(document).toContain(inOneLine(statement));
});
