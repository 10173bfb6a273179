/** The worker is killed while it runs a task. Nothing is lost, no batch is half written, and the page shows the state. */
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '../demo/journey.ts';
import type { City } from '../wire/apiClient.ts';

test.use({ isMortal: true });

const BATCH_SIZE = 200;
const FRANCE = 8_836;
const PARIS = 2988507;
const LABEL = 'Recompute share · France';
const NOBODY = 'No worker is running it. Its rows stay locked until a worker starts.';

interface Counts {
  total: number;
  changed: number;
  /** Rows with a new value but an old version, or the reverse, and rows that were changed twice */
  half: number;
}

test('A task whose worker was killed shows that it has no worker, and continues with the next one', async ({
  openAs,
  callAs,
  demo,
}, testInfo) => {
  const ann = await openAs('ann', '/cities?country=FR');
  const bo = await openAs('bo', '/cities?country=FR');
  const dana = await openAs('dana', '/runs');
  const run = dana.page.locator('tr[data-row-id]', { hasText: LABEL }).locator('.col-state');
  await expect(bo.badgesOfKind('free')).toHaveCount(50);
  await ann.selectAllThatMatch();
  await (await ann.prepareTask('recompute-population-share')).click();
  await expect(bo.badgesOfKind('task')).toHaveCount(50);
  await bo.openRow(PARIS);
  await bo.explain();
  const progress = bo.modal.getByRole('progressbar', { name: LABEL });
  await expect(progress).toHaveAttribute('aria-valuenow', /^[1-9]\d$/);

  await test.step('Both windows show that there is no worker, and the rows stay locked', async () => {
    const killedAtMs = Date.now();
    await demo.worker.kill();
    await expect(bo.modal).toContainText(NOBODY);
    testInfo.annotations.push({
      type: 'no worker, shown after',
      description: `${Date.now() - killedAtMs} ms`,
    });
    await expect(ann.tray).toContainText(NOBODY);
    await expect(run).toHaveText('Waiting for a worker');
    await expect(bo.badge(PARIS)).toContainText('No worker');
    await expect(bo.badgesOfKind('task')).toHaveCount(50);
    const { status } = await (await callAs('bo')).putCity(PARIS, { population: 1 });
    expect(status).toBe(409);
  });

  await test.step('The killed worker has written whole batches only', async () => {
    const { total, changed, half } = readCounts(demo.databaseFile);
    expect({ total, half }).toEqual({ total: FRANCE, half: 0 });
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThan(FRANCE);
    expect(changed % BATCH_SIZE).toBe(0);
  });

  await test.step('The task continues within 20 s after a worker starts', async () => {
    await demo.worker.start();
    const startedAtMs = Date.now();
    await expect(bo.modal.getByText(/[\d,]+ of 8,836/)).toBeVisible({ timeout: 20_000 });
    await expect(bo.modal).not.toContainText(NOBODY);
    await expect(run).toHaveText('Running');
    testInfo.annotations.push({ type: 'continues after', description: `${Date.now() - startedAtMs} ms` });
  });

  await test.step('The modal shows the result at the end, the rows are free, and each has its new value', async () => {
    await expect(bo.modal).toContainText('Finished. Its rows are free and show their new values.', {
      timeout: 30_000,
    });
    await expect(bo.badgesOfKind('free')).toHaveCount(50);
    expect(readCounts(demo.databaseFile)).toEqual({ total: FRANCE, changed: FRANCE, half: 0 });
    const paris: City = await (await callAs('bo')).city(PARIS);
    expect(paris.updatedBy).toBe('Ann Lee');
    await expect(bo.cell(PARIS, 'share')).toHaveText(
      `${Number(((paris.populationShare ?? 0) * 100).toPrecision(3))}%`,
    );
  });
});

/** Reads the counts from the database itself, without the demo. */
function readCounts(file: string): Counts {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return {
      ...(db
        .prepare(
          `select count(*) total,
            sum(population_share is not null) changed,
            sum(version > 2 or (version = 2) <> (population_share is not null)
              or (updated_by is not null) <> (population_share is not null)) half
           from cities where country_id = 'FR'`,
        )
        .get() as unknown as Counts),
    };
  } finally {
    db.close();
  }
}
