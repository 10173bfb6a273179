import { expect, test } from 'vitest';
import { benchFencing } from './benchFencing.ts';
import { FIRST_FENCE, fill, openSqlite } from './databases.ts';
import { fencingTable } from './fencingTable.ts';
import { patterns, SHAPES } from './patterns.ts';

test('each pattern makes the same change to the same rows', async () => {
  const { db, close } = await openSqlite();
  try {
    await fill(db, 50);
    const lease = { id: '7', fence: String(FIRST_FENCE) };
    for (const shape of SHAPES) {
      for (const pattern of patterns) await pattern.run({ db, ids: [1, 2, 3], shape, lease });
    }
    const rows = await db
      .selectFrom('cities')
      .select('population')
      .where('id', '<=', 4)
      .orderBy('id')
      .execute();
    const changed = 1_000 + SHAPES.length * patterns.length;
    expect(rows.map(({ population }) => population)).toEqual([changed, changed, changed, 1_000]);
  } finally {
    await close();
  }
});

test('benchFencing returns a result for each pattern, with its cost relative to no fence', async () => {
  const said: string[] = [];
  const plan = { rowCount: 200, batchSize: 20, rounds: 2, databases: ['SQLite'] as const };
  const results = await benchFencing(plan, (line) => said.push(line));
  expect(results).toHaveLength(SHAPES.length * patterns.length);
  expect(results[0]).toMatchObject({ database: 'SQLite', pattern: 'no fence', ratio: 1 });
  expect(said).toContain('SQLite, row by row: 2 rounds');
  expect(fencingTable(results)).toContain('lease table');
});
