/** The dashboard's table, filled by subscribers alone. With TEST_DATABASE_URL also on that PostgreSQL server. */
import { until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { RunView } from '../gazetteer/runView.ts';
import { startGazetteer, type TestGazetteer } from '../testing/startGazetteer.ts';

const databases: { name: string; serverUrl: string | undefined }[] = [
  { name: 'SQLite', serverUrl: undefined },
];
if (process.env.TEST_DATABASE_URL) {
  databases.push({ name: 'PostgreSQL', serverUrl: process.env.TEST_DATABASE_URL });
}

describe.each(databases)('the table of runs on $name', ({ serverUrl }) => {
  let gazetteer: TestGazetteer;
  beforeAll(async () => {
    gazetteer = await startGazetteer(serverUrl ? { serverUrl } : {});
  });
  afterAll(() => gazetteer.close());

  const call: TestGazetteer['call'] = (...request) => gazetteer.call(...request);
  const work = async (paceMs?: number) => {
    const worker = await gazetteer.work(paceMs);
    onTestFinished(() => worker.close());
  };
  const launch = async (user: string, name: string, input: object): Promise<{ id: string }> =>
    (await call(user, 'POST', `/api/tasks/${name}`, { input })).body;
  const country = (id: string) => ({ selection: { filter: { country: id } } });
  const runs = async (query = ''): Promise<{ rows: RunView[]; total: number; behind: number }> =>
    (await call('dana', 'GET', `/api/runs${query}`)).body;
  const runOf = async (id: string) => (await runs('?pageSize=500')).rows.find((run) => run.id === id);
  const notices = async (user: string) => (await call(user, 'GET', '/api/notices')).body;

  /** A task that fails, since a later lease has written one of its rows: the database refuses it. */
  async function launchFailing(user: string): Promise<string> {
    const { rows } = (await call('bo', 'GET', '/api/cities?country=AD&pageSize=1')).body;
    const setFence = (fence: string) =>
      gazetteer.db.updateTable('cities').set({ fence }).where('id', '=', rows[0].id).execute();
    await setFence(String(2 ** 52));
    const { id } = await launch(user, 'normalise-names', { selection: { ids: [rows[0].id] } });
    await until(async () => (await runOf(id))?.state === 'failed', { what: 'the failure in the table' });
    await setFence('0');
    return id;
  }

  it('has each task from its launch to its end, with whose it is and what has come of it', async () => {
    const { id } = await launch('ann', 'normalise-names', country('NO'));
    await until(() => runOf(id));
    expect(await runOf(id)).toMatchObject({
      name: 'normalise-names',
      label: 'Normalise names · Norway',
      actorId: 'ann',
      actorName: 'Ann Lee',
      state: 'queued',
      doneCount: 0,
      startedAt: null,
      endedAt: null,
      reason: null,
    });
    await work();
    const task = await gazetteer.ended(id);
    await until(async () => (await runOf(id))?.state === 'completed');
    expect(await runOf(id)).toMatchObject({
      rowCount: task.recordCount,
      doneCount: task.recordCount,
      failedCount: 0,
      startedAt: task.startedAt,
      endedAt: task.endedAt,
    });
    await until(async () => (await runs()).behind === 0, { what: 'the table to say that it is not behind' });
  });

  it('shows how far a task has come while it runs', async () => {
    await work(60_000);
    const { id } = await launch('bo', 'normalise-names', country('NO'));
    await until(async () => ((await runOf(id))?.doneCount ?? 0) > 0, { what: 'progress in the table' });
    expect(await runOf(id)).toMatchObject({ state: 'running', endedAt: null });
    await call('bo', 'POST', `/rowlock/tasks/${id}/cancel`);
    await until(async () => (await runOf(id))?.state === 'cancelled');
  });

  it('is searched by text and state, sorted, and paged', async () => {
    await work();
    const ids: string[] = [];
    for (const user of ['ann', 'bo', 'chen']) {
      ids.push((await launch(user, 'export-csv', country('MC'))).id);
    }
    await until(async () => (await Promise.all(ids.map(runOf))).every((run) => run?.state === 'completed'));
    const asLaunched = (await runs('?q=export')).rows.map(({ id }) => id);
    expect(asLaunched).toEqual([...ids].reverse());
    const exports = await runs('?q=export&state=completed&sort=actor&dir=asc&pageSize=2');
    expect(exports).toMatchObject({ total: 3, page: 1, pageSize: 2 });
    expect(exports.rows.map(({ actorName }) => actorName)).toEqual(['Ann Lee', 'Bo Novak']);
    expect((await runs('?q=export&sort=actor&dir=asc&pageSize=2&page=2')).rows).toHaveLength(1);
    expect((await runs('?q=chen')).rows.map(({ actorId }) => actorId)).toEqual(['chen']);
    expect((await runs('?q=%25')).total).toBe(0);
    expect((await runs('?q=export&state=failed')).total).toBe(0);
    expect((await call('dana', 'GET', '/api/runs?state=lost')).status).toBe(400);
    expect((await call(undefined, 'GET', '/api/runs')).status).toBe(401);
  });

  it('tells a failure to whose task it was, once, until it is marked as seen', async () => {
    await work();
    const [first, second] = [await launchFailing('chen'), await launchFailing('chen')];
    expect((await runOf(first))?.reason).toBeTruthy();
    await until(async () => (await notices('chen')).unseen === 2);
    const { notices: told } = await notices('chen');
    expect(told.map(({ taskId }: { taskId: string }) => taskId)).toEqual([second, first]);
    expect(told[1]).toMatchObject({ id: `failed:${first}`, reason: (await runOf(first))?.reason });
    expect(await notices('bo')).toMatchObject({ notices: [], unseen: 0 });

    // Another's mark does not take it away.
    await call('bo', 'POST', '/api/notices/seen', { id: `failed:${first}` });
    expect((await notices('chen')).unseen).toBe(2);
    expect((await call('chen', 'POST', '/api/notices/seen', { id: `failed:${first}` })).body).toMatchObject({
      unseen: 1,
    });
    expect((await call('chen', 'POST', '/api/notices/seen', {})).body).toMatchObject({
      notices: [],
      unseen: 0,
    });
    expect((await call('chen', 'POST', '/api/notices/seen', { ids: 7 })).status).toBe(400);
  });

  it('says of a task that Redis has lost that its end is not known, and not that it is done', async () => {
    const { id } = await launch('ann', 'normalise-names', country('MC'));
    await until(async () => (await runOf(id))?.state === 'queued');
    const redis = new Redis(gazetteer.redis.url);
    await redis.flushall();
    redis.disconnect();
    await until(async () => (await runOf(id))?.state === 'unknown', { what: 'the mark', timeoutMs: 15_000 });
    expect((await runOf(id))?.reason).toContain('does not know it any more');
  });
});
