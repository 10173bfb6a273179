/** The same change of the same rows, without a fence and with each of the three patterns. */
import { assertLease, assertNotOvertaken, fencedUpdate, withSealedRows } from '@rowlock/server/sql';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Tables } from './databases.ts';

/** One statement for all rows of a batch, or one read of all rows and then one statement for each. */
export type Shape = 'one statement' | 'row by row';

export const SHAPES: readonly Shape[] = ['one statement', 'row by row'];

export interface Batch {
  db: Kysely<Tables>;
  ids: readonly number[];
  shape: Shape;
  lease: { id: string; fence: string };
}

export interface Pattern {
  name: 'no fence' | 'fence column' | 'seal before read' | 'lease table';
  run(batch: Batch): Promise<void>;
}

export const patterns: readonly Pattern[] = [
  {
    name: 'no fence',
    run: (batch) => batch.db.transaction().execute((trx) => change(trx, batch)),
  },
  {
    name: 'fence column',
    async run({ db, ids, shape, lease: { fence } }) {
      if (shape === 'one statement') {
        await fencedUpdate(db, {
          table: 'cities',
          ids,
          fence,
          set: { population: sql<number>`population + 1` },
        });
        return;
      }
      await db.transaction().execute(async (trx) => {
        for (const { id, population } of await read(trx, ids)) {
          await trx
            .updateTable('cities')
            .set({ population: population + 1, fence })
            .where('id', '=', id)
            .where('fence', '<=', fence)
            .execute();
        }
        await assertNotOvertaken(trx, { table: 'cities', ids, fence });
      });
    },
  },
  {
    name: 'seal before read',
    run: (batch) =>
      withSealedRows(batch.db, { table: 'cities', ids: batch.ids, fence: batch.lease.fence }, (trx) =>
        change(trx, batch),
      ),
  },
  {
    name: 'lease table',
    run: (batch) =>
      batch.db.transaction().execute(async (trx) => {
        await assertLease(trx, batch.lease);
        await change(trx, batch);
      }),
  },
];

const read = (trx: Transaction<Tables>, ids: readonly number[]) =>
  trx.selectFrom('cities').select(['id', 'population']).where('id', 'in', ids).execute();

async function change(trx: Transaction<Tables>, { ids, shape }: Batch): Promise<void> {
  if (shape === 'one statement') {
    await trx
      .updateTable('cities')
      .set((eb) => ({ population: eb('population', '+', 1) }))
      .where('id', 'in', ids)
      .execute();
    return;
  }
  for (const { id, population } of await read(trx, ids)) {
    await trx
      .updateTable('cities')
      .set({ population: population + 1 })
      .where('id', '=', id)
      .execute();
  }
}
