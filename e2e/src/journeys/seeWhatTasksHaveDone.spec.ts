/** The page of runs, which Rowlock's subscribers fill and which is live in every window. Also the failures of a user's own tasks, and the queues for admins. */
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '../demo/journey.ts';
import type { ApiClient } from '../wire/apiClient.ts';

test.use({ taskPaceMs: 0 });

/** Sets the fence as if a later lease had written the row. The database then refuses writes with a lower fence. */
function setFence(databaseFile: string, cityId: number, fence: bigint): void {
  const database = new DatabaseSync(databaseFile, { timeout: 5_000 });
  database.prepare('update cities set fence = ? where id = ?').run(fence, cityId);
  database.close();
}
const getSomeCity = async (api: ApiClient, country: string): Promise<number> =>
  (await api.send<{ rows: { id: number }[] }>('GET', `/api/cities?country=${country}&pageSize=1`)).body
    .rows[0]!.id;
const normalise = (api: ApiClient, selection: object) =>
  api.send('POST', '/api/tasks/normalise-names', { input: { selection } });

test('An idle window shows a run and its end, and sends no request while nothing happens', async ({
  openAs,
  callAs,
}) => {
  const ann = await openAs('ann', '/runs?q=liechtenstein');
  await expect(ann.page.getByTestId('empty')).toContainText('No run matches');

  const bo = await callAs('bo');
  await normalise(bo, { filter: { country: 'LI' } });
  const row = ann.page.locator('tr[data-row-id]', { hasText: 'Normalise names · Liechtenstein' });
  await expect(row.locator('.col-state')).toHaveText('Completed');
  await expect(row.locator('.col-actor')).toHaveText('Bo Novak');

  await test.step('The run is hidden by a filter and shown again, by keyboard', async () => {
    await ann.page.getByTestId('filter-state').selectOption('failed');
    await expect(row).toHaveCount(0);
    await ann.page.getByRole('button', { name: 'Clear filters' }).first().press('Enter');
    await expect(row).toHaveCount(1);
  });

  await test.step('Nothing happens for ten seconds, and no request is sent', async () => {
    const nextRequest = (withinMs: number) =>
      ann.page
        .waitForRequest(() => true, { timeout: withinMs })
        .then(
          (request) => request.url(),
          () => 'none',
        );
    // The table may be a moment behind the task's end. Then the window requests it once more.
    await expect.poll(() => nextRequest(1_000), { timeout: 15_000 }).toBe('none');
    expect(await nextRequest(10_000)).toBe('none');
  });
});

test('The navigation of every page shows a failure to the owner of the task until it is seen', async ({
  demo,
  openAs,
  callAs,
}) => {
  const [bo, ann] = await Promise.all([openAs('bo', '/cities?country=SM'), openAs('ann', '/runs')]);
  const api = await callAs('bo');
  const cityId = await getSomeCity(api, 'SM');
  setFence(demo.databaseFile, cityId, 2n ** 52n);
  await normalise(api, { ids: [cityId] });

  const mark = bo.page.getByTestId('unseen-failures');
  await expect(mark).toHaveText('1 failed, not seen yet');
  await bo.page.getByRole('link', { name: /^Runs/ }).click();
  const failures = bo.page.getByTestId('failures');
  await expect(failures).toContainText('A task of yours has failed');
  await expect(failures).toContainText('later fence');
  await expect(ann.page.locator('tr[data-row-id]', { hasText: 'Failed' })).toHaveCount(1);
  await expect(ann.page.getByTestId('failures')).toHaveCount(0);

  await failures.getByRole('button', { name: /^Mark the failure/ }).click();
  await expect(failures).toHaveCount(0);
  await expect(mark).toHaveCount(0);
  setFence(demo.databaseFile, cityId, 0n);
});

test('The user menu offers the queues with their tasks to an admin, and not to an editor', async ({
  openAs,
  callAs,
}) => {
  const bo = await openAs('bo');
  await bo.page.getByTestId('user-menu').click();
  await expect(bo.page.getByTestId('open-queues')).toHaveCount(0);

  await normalise(await callAs('ann'), { filter: { country: 'AD' } });
  const ann = await openAs('ann');
  await ann.page.getByTestId('user-menu').click();
  await ann.page.getByTestId('open-queues').click();
  await ann.page.waitForURL('**/admin/queues');
  await ann.page.getByRole('link', { name: /tasks/i }).first().click();
  await ann.page.goto('/admin/queues/queue/tasks?status=completed');
  await expect(ann.page.getByText('normalise-names').first()).toBeVisible();
});
