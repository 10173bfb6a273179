/** bull-board in the demo: it shows our tasks, and what is done there goes through Rowlock's checks. */
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
async function shown(status: string): Promise<ShownJob[]> {
  const { body } = await call('ann', 'GET', `${BOARD}/api/queues?activeQueue=tasks&status=${status}`);
  return body.queues[0].jobs;
}
const launch = async (ids: number[]): Promise<string> =>
  (await call('ann', 'POST', '/api/tasks/normalise-names', { input: { selection: { ids } } })).body.id;
const someCity = async (): Promise<number> =>
  (await call('ann', 'GET', '/api/cities?country=AD&pageSize=1')).body.rows[0].id;
const setFence = (id: number, fence: string) =>
  gazetteer.db.updateTable('cities').set({ fence }).where('id', '=', id).execute();

describe('bull-board', () => {
  it('shows the jobs of our tasks, under the same ids', async () => {
    const id = await launch([await someCity()]);
    expect(await shown('waiting')).toMatchObject([{ id, name: 'normalise-names' }]);
    const worker = await gazetteer.work();
    onTestFinished(() => worker.close());
    await gazetteer.ended(id);
    await until(async () => (await shown('completed')).some((job) => job.id === id));
  });

  describe('where a task has failed', () => {
    let cityId: number;
    let failedId: string;
    const taskOf = async (id: string) => (await call('ann', 'GET', `/rowlock/tasks/${id}`)).body.task;
    const retry = (id: string) => call('ann', 'PUT', `${BOARD}/api/queues/tasks/${id}/retry`);
    /** What was launched behind it for the same row. */
    const successors = async (): Promise<string[]> => {
      const { body } = await call('ann', 'GET', `/rowlock/tasks?record=cities/${cityId}`);
      const ids = body.tasks.map((task: { id: string }) => task.id);
      return ids.slice(0, ids.indexOf(failedId));
    };

    beforeEach(async () => {
      const worker = await gazetteer.work();
      onTestFinished(() => worker.close());
      cityId = await someCity();
      // A later lease has written the row: the database refuses this one, and the task fails.
      await setFence(cityId, String(2 ** 52));
      failedId = await launch([cityId]);
      expect((await gazetteer.ended(failedId)).state).toBe('failed');
      await until(async () => (await shown('failed')).some((job) => job.id === failedId));
      await setFence(cityId, '0');
    });

    it('launches a new task where its job is tried again, and leaves the old one as it ended', async () => {
      const before = await taskOf(failedId);
      expect((await retry(failedId)).status).toBe(204);
      const [id] = await successors();
      expect((await gazetteer.ended(id!)).state).toBe('completed');
      expect(await taskOf(failedId)).toEqual(before);
      await until(async () => (await shown('completed')).some((job) => job.id === id));
      expect(await shown('failed')).toEqual([]);
    });

    it('says who is in the way where its row is held by then, and launches nothing', async () => {
      const lease = await gazetteer.rowlock.locks.acquire({
        records: [`cities/${cityId}`],
        holder: { type: 'person', id: 'form', label: 'Edit it', actor: { id: 'bo', name: 'Bo' } },
      });
      const refused = await retry(failedId);
      expect(refused.status).toBe(409);
      expect(refused.body.message).toContain('held by "Edit it"');
      expect(await successors()).toEqual([]);
      expect(await shown('failed')).toMatchObject([{ id: failedId }]);
      await lease.release();
      expect((await retry(failedId)).status).toBe(204);
      await gazetteer.ended((await successors())[0]!);
    });

    it('tries all that have failed again at once, and says how many it cannot, and why', async () => {
      const stray = { name: 'no task of ours', data: {}, options: { jobId: 'stray' } };
      expect((await call('ann', 'POST', `${BOARD}/api/queues/tasks/add`, stray)).status).toBe(200);
      await until(async () => (await shown('failed')).length === 2, {
        what: 'the stray job to fail',
        timeoutMs: 10_000,
      });
      const retryAll = (status: string) => call('ann', 'PUT', `${BOARD}/api/queues/tasks/retry/${status}`);
      const { status, body } = await retryAll('failed');
      expect(status).toBe(404);
      expect(body.message).toBe(
        '1 of 2 were tried again, and 1 not. The first of these: No task stray is known; it may be long gone.',
      );
      await gazetteer.ended((await successors())[0]!);
      expect(await shown('failed')).toMatchObject([{ id: 'stray' }]);
      expect((await call('ann', 'PUT', `${BOARD}/api/queues/tasks/stray/clean`)).status).toBe(204);
      expect((await retryAll('failed')).body).toEqual({ retried: 0, skipped: 0 });
      expect((await retryAll('completed')).status).toBe(400);
    });
  });

  it('is for admins alone, by their token or by a pass that it asks for', async () => {
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

  it('opens in a browser with the pass, whose cookie no other site can use', async () => {
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

  it('has a policy of its own, and the rest of the demo keeps the strict one', async () => {
    const rest = await fetch(`${gazetteer.url}/api/users`);
    expect(rest.headers.get('content-security-policy')).not.toContain('unsafe-inline');
  });
});
