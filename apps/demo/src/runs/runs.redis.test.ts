/** The table of the dashboard, which only subscribers write. With TEST_DATABASE_URL, also on that PostgreSQL server. */
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
  const getRun = async (id: string) => (await runs('?pageSize=500')).rows.find((run) => run.id === id);
  const notices = async (user: string) => (await call(user, 'GET', '/api/notices')).body;

  /** Launches a task that fails, because a later lease has written its row and the database refuses it. */
  async function launchFailing(user: string): Promise<string> {
    const { rows } = (await call('bo', 'GET', '/api/cities?country=AD&pageSize=1')).body;
    const setFence = (fence: string) =>
      gazetteer.db.updateTable('cities').set({ fence }).where('id', '=', rows[0].id).execute();
    await setFence(String(2 ** 52));
    const { id } = await launch(user, 'normalise-names', { selection: { ids: [rows[0].id] } });
    await until(async () => (await getRun(id))?.state === 'failed', { what: 'the failure in the table' });
    await setFence('0');
    return id;
  }

  it('the table of runs shows each task from its launch to its end, with its actor and its result', async () => {
    const { id } = await launch('ann', 'normalise-names', country('NO'));
    await until(() => getRun(id));
    expect(await getRun(id)).toMatchObject({
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
    await until(async () => (await getRun(id))?.state === 'completed');
    expect(await getRun(id)).toMatchObject({
      rowCount: task.recordCount,
      doneCount: task.recordCount,
      failedCount: 0,
      startedAt: task.startedAt,
      endedAt: task.endedAt,
    });
    await until(async () => (await runs()).behind === 0, {
      what: 'the table to report that it is not behind',
    });
  });

  it('the table of runs shows the progress of a running task', async () => {
    await work(60_000);
    const { id } = await launch('bo', 'normalise-names', country('NO'));
    await until(async () => ((await getRun(id))?.doneCount ?? 0) > 0, { what: 'progress in the table' });
    expect(await getRun(id)).toMatchObject({ state: 'running', endedAt: null });
    await call('bo', 'POST', `/rowlock/tasks/${id}/cancel`);
    await until(async () => (await getRun(id))?.state === 'cancelled');
  });

  it('the table of runs can be searched, sorted and paged', async () => {
    await work();
    const ids: string[] = [];
    for (const user of ['ann', 'bo', 'chen']) {
      ids.push((await launch(user, 'export-csv', country('MC'))).id);
    }
    await until(async () => (await Promise.all(ids.map(getRun))).every((run) => run?.state === 'completed'));
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

  it('a failure is shown to the owner of the task until it is marked as seen', async () => {
    await work();
    const [first, second] = [await launchFailing('chen'), await launchFailing('chen')];
    expect((await getRun(first))?.reason).toBeTruthy();
    await until(async () => (await notices('chen')).unseen === 2);
    const { notices: shown } = await notices('chen');
    expect(shown.map(({ taskId }: { taskId: string }) => taskId)).toEqual([second, first]);
    expect(shown[1]).toMatchObject({ id: `failed:${first}`, reason: (await getRun(first))?.reason });
    expect(await notices('bo')).toMatchObject({ notices: [], unseen: 0 });

    // Another user cannot mark it as seen.
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

  it('the table of runs shows the end of a task that Redis lost as unknown', async () => {
    const { id } = await launch('ann', 'normalise-names', country('MC'));
    await until(async () => (await getRun(id))?.state === 'queued');
    const redis = new Redis(gazetteer.redis.url);
    await redis.flushall();
    redis.disconnect();
    await until(async () => (await getRun(id))?.state === 'unknown', { what: 'the mark', timeoutMs: 15_000 });
    expect((await getRun(id))?.reason).toContain('no longer knows the task');
  });
});
