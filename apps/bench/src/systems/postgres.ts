import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { assertDone, type LockSystem, TTL_MS } from './lockSystem.ts';

const TABLE = `
  create sequence if not exists fences;
  create table if not exists locks (
    record text primary key,
    holder text not null,
    fence bigint not null,
    expires_at timestamptz not null
  );
  truncate locks`;

// An expired row is overwritten. A row in force stays, and is missing in the count of rows.
const ACQUIRE = {
  name: 'acquire',
  text: `
  insert into locks (record, holder, fence, expires_at)
  select record, $2, $3, clock_timestamp() + $4 * interval '1 ms' from unnest($1::text[]) record
  on conflict (record) do update
    set holder = excluded.holder, fence = excluded.fence, expires_at = excluded.expires_at
    where locks.expires_at < clock_timestamp()`,
};
const RENEW = {
  name: 'renew',
  text: `
  update locks set expires_at = clock_timestamp() + $3 * interval '1 ms'
  where record = any($1::text[]) and fence = $2`,
};
const TRANSFER = {
  name: 'transfer',
  text: 'update locks set holder = $3, fence = $4 where record = any($1::text[]) and fence = $2',
};
const RELEASE = {
  name: 'release',
  text: 'delete from locks where record = any($1::text[]) and fence = $2',
};

/**
 * A lock as a team without Redis would write it: a table with one row for each record, and one statement for all ids.
 * Acquire is a transaction that is rolled back unless it wrote every row.
 */
export const postgres: LockSystem = {
  name: 'PostgreSQL table',
  async open({ postgresUrl }) {
    const client = new pg.Client({ connectionString: postgresUrl });
    await client.connect();
    await client.query(TABLE);
    const nextFence = async () =>
      (await client.query<{ fence: string }>("select nextval('fences') as fence")).rows[0]!.fence;

    return {
      async acquire(ids) {
        let fence = '';
        const changesAll = async (prepared: { name: string; text: string }, values: unknown[]) => {
          const { rowCount } = await client.query({ ...prepared, values });
          return rowCount === ids.length;
        };
        await client.query('begin');
        fence = await nextFence();
        const isComplete = await changesAll(ACQUIRE, [ids, randomUUID(), fence, TTL_MS]);
        await client.query(isComplete ? 'commit' : 'rollback');
        assertDone(isComplete, 'PostgreSQL table: insert');
        return {
          async renew() {
            assertDone(await changesAll(RENEW, [ids, fence, TTL_MS]), 'PostgreSQL table: renew');
          },
          async transfer() {
            const next = await nextFence();
            assertDone(
              await changesAll(TRANSFER, [ids, fence, randomUUID(), next]),
              'PostgreSQL table: transfer',
            );
            fence = next;
          },
          async release() {
            assertDone(await changesAll(RELEASE, [ids, fence]), 'PostgreSQL table: delete');
          },
        };
      },
      async close() {
        await client.end();
      },
    };
  },
};
