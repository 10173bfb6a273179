/** bull-board in the demo shows our tasks, and retries go through Rowlock's checks. */
import { until } from '@rowlock/test-utils';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startGazetteer, type TestGazetteer } from '../testing/startGazetteer.ts';

let gazetteer: TestGazetteer;
beforeAll(async () => {
  gazetteer = await startGazetteer();
});
afterAll(() => gazetteer.close());

const BOARD = '/admin/queues';
const call: TestGazetteer['call'] = (...request) => gazetteer.call(...request);

interface ShownJob {
  id: string;
  name: string;
  failedReason?: string;
  isFailed: boolean;
}
async function listJobs(status: string): Promise<ShownJob[]> {
  const { body } = await call('ann', 'GET', `${BOARD}/api/queues?activeQueue=tasks&status=${status}`);
  return body.queues[0].jobs;
}
const launch = async (ids: number[]): Promise<string> =>
  (await call('ann', 'POST', '/api/tasks/normalise-names', { input: { selection: { ids } } })).body.id;
const getSomeCity = async (): Promise<number> =>
  (await call('ann', 'GET', '/api/cities?country=AD&pageSize=1')).body.rows[0].id;
const setFence = (id: number, fence: string) =>
  gazetteer.db.updateTable('cities').set({ fence }).where('id', '=', id).execute();

describe('bull-board', () => {
  it('bull-board shows the jobs of our tasks under the same ids', async () => {
    const id = await launch([await getSomeCity()]);
    expect(await listJobs('waiting')).toMatchObject([{ id, name: 'normalise-names' }]);
    const worker = await gazetteer.work();
    onTestFinished(() => worker.close());
    await gazetteer.ended(id);
    await until(async () => (await listJobs('completed')).some((job) => job.id === id));
  });

  describe('a failed task', () => {
    let cityId: number;
    let failedId: string;
    const getTask = async (id: string) => (await call('ann', 'GET', `/rowlock/tasks/${id}`)).body.task;
    const retry = (id: string) => call('ann', 'PUT', `${BOARD}/api/queues/tasks/${id}/retry`);
    /** The later tasks for the same row. */
    const listSuccessors = async (): Promise<string[]> => {
      const { body } = await call('ann', 'GET', `/rowlock/tasks?record=cities/${cityId}`);
      const ids = body.tasks.map((task: { id: string }) => task.id);
      return ids.slice(0, ids.indexOf(failedId));
    };

    beforeEach(async () => {
      const worker = await gazetteer.work();
      onTestFinished(() => worker.close());
      cityId = await getSomeCity();
      // A later lease has written the row, so the database refuses the task's write, and the task fails.
      await setFence(cityId, String(2 ** 52));
      failedId = await launch([cityId]);
      expect((await gazetteer.ended(failedId)).state).toBe('failed');
      await until(async () => (await listJobs('failed')).some((job) => job.id === failedId));
      await setFence(cityId, '0');
    });

    it('a retry of a failed job launches a new task and does not change the old one', async () => {
      const before = await getTask(failedId);
      expect((await retry(failedId)).status).toBe(204);
      const [id] = await listSuccessors();
      expect((await gazetteer.ended(id!)).state).toBe('completed');
      expect(await getTask(failedId)).toEqual(before);
      await until(async () => (await listJobs('completed')).some((job) => job.id === id));
      expect(await listJobs('failed')).toEqual([]);
    });

    it('a retry of a failed job is refused with the holder of its row, and launches nothing', async () => {
      const lease = await gazetteer.rowlock.locks.acquire({
        records: [`cities/${cityId}`],
        holder: { type: 'person', id: 'form', label: 'Edit it', actor: { id: 'bo', name: 'Bo' } },
      });
      const refused = await retry(failedId);
      expect(refused.status).toBe(409);
      expect(refused.body.message).toContain('held by "Edit it"');
      expect(await listSuccessors()).toEqual([]);
      expect(await listJobs('failed')).toMatchObject([{ id: failedId }]);
      await lease.release();
      expect((await retry(failedId)).status).toBe(204);
      await gazetteer.ended((await listSuccessors())[0]!);
    });

    it('a retry of all failed jobs reports how many were refused, and why', async () => {
      const stray = { name: 'not a task of ours', data: {}, options: { jobId: 'stray' } };
      expect((await call('ann', 'POST', `${BOARD}/api/queues/tasks/add`, stray)).status).toBe(200);
      await until(async () => (await listJobs('failed')).length === 2, {
        what: 'the stray job to fail',
        timeoutMs: 10_000,
      });
      const retryAll = (status: string) => call('ann', 'PUT', `${BOARD}/api/queues/tasks/retry/${status}`);
      const { status, body } = await retryAll('failed');
      expect(status).toBe(404);
      expect(body.message).toEqual(
        expect.stringMatching(/^Retried 1 of 2 tasks\. Refused: 1\. First reason: .*stray/),
      );
      await gazetteer.ended((await listSuccessors())[0]!);
      expect(await listJobs('failed')).toMatchObject([{ id: 'stray' }]);
      expect((await call('ann', 'PUT', `${BOARD}/api/queues/tasks/stray/clean`)).status).toBe(204);
      expect((await retryAll('failed')).body).toEqual({ retried: 0, skipped: 0 });
      expect((await retryAll('completed')).status).toBe(400);
    });
  });

  it('bull-board is for admins only, by their token or their pass', async () => {
    for (const user of ['bo', 'dana']) {
      expect((await call(user, 'GET', BOARD)).status).toBe(403);
      expect((await call(user, 'GET', `${BOARD}/api/queues`)).status).toBe(403);
      expect((await call(user, 'PUT', `${BOARD}/api/queues/tasks/empty`)).status).toBe(403);
      expect((await call(user, 'POST', '/api/admin/queues/pass')).status).toBe(403);
    }
    const stranger = await call(undefined, 'GET', BOARD);
    expect(stranger.status).toBe(401);
    expect(stranger.body.detail).toContain('user menu');
    const forged = await call(undefined, 'GET', BOARD, undefined, { Cookie: 'gazetteer_queues=eyJ.AAAA' });
    expect(forged.status).toBe(401);
  });

  it('bull-board opens in a browser with the pass, whose cookie no other site can use', async () => {
    const { body } = await call(undefined, 'POST', '/api/session', { userId: 'ann' });
    const passed = await fetch(`${gazetteer.url}/api/admin/queues/pass`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${body.token}` },
    });
    expect(passed.status).toBe(201);
    const cookie = passed.headers.get('set-cookie')!;
    expect(cookie).toMatch(/Path=\/admin\/queues;.*HttpOnly; SameSite=Strict/);
    const page = await fetch(gazetteer.url + BOARD, { headers: { Cookie: cookie.split(';')[0]! } });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<title>Gazetteer</title>');
    expect(page.headers.get('content-security-policy')).toContain("style-src 'self' 'unsafe-inline'");
  });

  it('bull-board has a separate content policy, and the rest of the demo keeps the strict one', async () => {
    const rest = await fetch(`${gazetteer.url}/api/users`);
    expect(rest.headers.get('content-security-policy')).not.toContain('unsafe-inline');
  });
});
