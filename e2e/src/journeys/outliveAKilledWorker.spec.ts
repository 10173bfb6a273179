/** Issue line 4: the worker is killed in mid-task. Nothing is lost, nothing is half told, and the page says what is going on. */
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
  /** Rows whose new value is there without the new version, or the other way round, or that were changed twice */
  half: number;
}

test('A task whose worker was killed says that nobody works on it, and goes on with the next worker', async ({
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
  const progress = bo.modal.getByRole('progressbar', { name: LABEL });
  await expect(progress).toHaveAttribute('aria-valuenow', /^[1-9]\d$/);

  await test.step('With no worker there, both windows say so, and the rows stay held', async () => {
    const killedAtMs = Date.now();
    await demo.worker.kill();
    await expect(bo.modal).toContainText(NOBODY);
    testInfo.annotations.push({
      type: 'nobody is there, told after',
      description: `${Date.now() - killedAtMs} ms`,
    });
    await expect(ann.tray).toContainText(NOBODY);
    await expect(run).toHaveText('Waiting for a worker');
    await expect(bo.badge(PARIS)).toContainText('No worker');
    await expect(bo.badgesOfKind('task')).toHaveCount(50);
    const { status } = await (await callAs('bo')).putCity(PARIS, { population: 1 });
    expect(status).toBe(409);
  });

  await test.step('What was done is whole batches', async () => {
    const { total, changed, half } = countsIn(demo.databaseFile);
    expect({ total, half }).toEqual({ total: FRANCE, half: 0 });
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThan(FRANCE);
    expect(changed % BATCH_SIZE).toBe(0);
  });

  await test.step('Within 20 s of a worker being there again, the task goes on', async () => {
    await demo.worker.start();
    const startedAtMs = Date.now();
    await expect(bo.modal.getByText(/[\d,]+ of 8,836/)).toBeVisible({ timeout: 20_000 });
    await expect(bo.modal).not.toContainText(NOBODY);
    await expect(run).toHaveText('Running');
    testInfo.annotations.push({ type: 'goes on after', description: `${Date.now() - startedAtMs} ms` });
  });

  await test.step('At the end the modal says what happened, the rows are free, and every one has its new value', async () => {
    await expect(bo.modal).toContainText('Finished. Its rows are free and show their new values.', {
      timeout: 30_000,
    });
    await expect(bo.badgesOfKind('free')).toHaveCount(50);
    expect(countsIn(demo.databaseFile)).toEqual({ total: FRANCE, changed: FRANCE, half: 0 });
    const paris: City = await (await callAs('bo')).city(PARIS);
    expect(paris.updatedBy).toBe('Ann Lee');
    await expect(bo.cell(PARIS, 'share')).toHaveText(
      `${Number(((paris.populationShare ?? 0) * 100).toPrecision(3))}%`,
    );
  });
});

/** The database's own word, past the demo. */
function countsIn(file: string): Counts {
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
