/** Redis is killed or frozen, and comes back. Meanwhile nothing is written, and the page says that it is not certain. */
import { expect, test } from '../demo/journey.ts';
import type { GazetteerWindow } from '../pages/GazetteerWindow.ts';
import { type Recording, recordStates } from '../pages/recordStates.ts';
import { layCable } from '../wire/cuttableCable.ts';
import { readHolders } from '../wire/liveChannel.ts';

test.use({ isMortal: true });

const LARGEST = '/cities';
const SHANGHAI = 1796236;
/** P9 promises 2 s. The rest allows for a busy machine. */
const AGREE_WITHIN_MS = 5_000;

test('Windows are not certain and cannot save while Redis is away, and agree with the server soon after', async ({
  openAs,
  callAs,
  demo,
}, testInfo) => {
  const ann = await openAs('ann', LARGEST);
  const bo = await openAs('bo', LARGEST);
  const bosCalls = await callAs('bo');
  const ids = await bo.rowIds();
  expect(ids).toHaveLength(50);

  // The page shows three kinds of rows: those of a task (in Mexico), one of a person, and free ones.
  const { status } = await bosCalls.send('POST', '/api/tasks/normalise-names', {
    input: { selection: { filter: { country: 'MX' } } },
  });
  expect(status).toBe(202);
  await ann.editRow(SHANGHAI);
  await ann.field('Notes').fill('Typed before Redis went');
  await expect(bo.badge(SHANGHAI)).toContainText('Ann Lee is editing');
  await expect(bo.badgesOfKind('task').first()).toBeVisible();
  const connections = await Promise.all(
    [ann, bo].map(({ page }) => recordStates(page, '[data-testid="connection"]')),
  );

  await test.step('Both windows show that they are not certain', async () => {
    const killedAtMs = Date.now();
    await demo.redis.kill();
    for (const { connection, page } of [ann, bo]) {
      await expect(connection).toHaveText('Not certain');
      await expect(page.locator('tr .rowlock-badge[data-stale]')).toHaveCount(50);
    }
    testInfo.annotations.push({ type: 'not certain after', description: `${Date.now() - killedAtMs} ms` });
    await expect(ann.editState).toContainText('Not certain that you still hold this row.');
  });

  await test.step('A guarded write is refused as unavailable, and the form shows why', async () => {
    const answer = await bosCalls.putCity<{ type: string; detail: string }>(SHANGHAI, { population: 1 });
    expect(answer).toMatchObject({
      status: 503,
      contentType: 'application/problem+json; charset=utf-8',
      body: {
        type: 'urn:rowlock:problem:unavailable',
        detail: expect.stringContaining('Redis cannot be reached'),
      },
    });
    await ann.saveButton.click();
    await expect(ann.modal).toContainText('Redis cannot be reached');
    await ann.modal.getByRole('button', { name: 'Close' }).click();
    await expect(ann.field('Notes')).toHaveValue('Typed before Redis went');
    expect((await bosCalls.city(SHANGHAI)).notes).toBe('');
  });

  await test.step('Both windows agree with the server soon after Redis is back', async () => {
    await demo.redis.restart();
    const backAtMs = Date.now();
    for (const { connection } of [ann, bo]) await expect(connection).toHaveText('Live');
    for (const recording of connections) {
      const states = await recording.states();
      expect(states.map(({ value }) => value)).toEqual(['Live', 'Not certain', 'Live']);
      const delayMs = states.at(-1)!.atMs - backAtMs;
      testInfo.annotations.push({ type: 'live again after', description: `${delayMs} ms` });
      expect(delayMs).toBeLessThan(AGREE_WITHIN_MS);
    }
    // Compares all in one poll, because the task may end between two looks.
    await expect
      .poll(async () => listDisagreements([ann, bo], await readHolders(demo.url, bosCalls.token, ids)))
      .toEqual([]);
    testInfo.annotations.push({ type: 'agreement seen after', description: `${Date.now() - backAtMs} ms` });
    await expect(ann.badge(SHANGHAI)).toHaveAttribute('data-kind', 'held');
    await expect(bo.badge(SHANGHAI)).toHaveAttribute('data-kind', 'person');
    await expect(bo.badgesOfKind('task').first()).toBeVisible();
  });

  await test.step('The typed text can be saved, and the task ends', async () => {
    await ann.saveButton.click();
    await expect(ann.notice).toHaveText('Shanghai saved');
    expect((await bosCalls.city(SHANGHAI)).notes).toBe('Typed before Redis went');
    await expect(bo.badgesOfKind('free')).toHaveCount(50, { timeout: 30_000 });
    await expect(bo.tray).toContainText(/[\d,]+ rows changed/);
  });
});

test('A launch whose answer is lost creates one task, even if the user starts it again', async ({
  openAs,
  callAs,
  demo,
}) => {
  const cable = await layCable(demo.url);
  const ann = await openAs('ann', '/cities?country=AD', cable.url);
  const anns = await callAs('ann');
  const dialog = ann.page.getByTestId('launch-dialog');
  const start = ann.page.getByTestId('launch-start');
  const countLaunched = async (label: string) => {
    const { body } = await anns.send<{ tasks: { label: string }[] }>('GET', '/rowlock/tasks');
    return body.tasks.filter((task) => task.label === label).length;
  };
  const openDialogFor = async (rowCount: number) => {
    await expect(ann.badgesOfKind('free')).toHaveCount(rowCount);
    await ann.page.getByTestId('select-page').check();
    await ann.prepareTask('normalise-names');
  };
  /** The page repeats the request by itself. If it gives up and says so, the user starts again. */
  const expectLaunched = () =>
    expect(async () => {
      if ((await start.count()) > 0 && (await start.isEnabled())) await start.click();
      await expect(dialog).toHaveCount(0, { timeout: 2_000 });
    }).toPass({ timeout: 40_000 });

  await test.step('The connection is cut before the answer', async () => {
    await openDialogFor(10);
    await start.click();
    cable.cut();
    await expect(ann.connection).toContainText('Reconnecting…');
    cable.mend();
    await expectLaunched();
    await expect.poll(() => countLaunched('Normalise names · 10 cities')).toBe(1);
  });

  await test.step('Redis is frozen', async () => {
    await ann.page.goto('/cities?country=LI');
    await openDialogFor(11);
    demo.redis.pause();
    try {
      await start.click();
      await expect(ann.connection).toHaveText('Not certain');
    } finally {
      demo.redis.resume();
    }
    await expectLaunched();
    expect(await countLaunched('Normalise names · 11 cities')).toBe(1);
  });
  await cable.close();
});

test('The page of runs hides its warning and shows the newest run soon after a frozen Redis is back', async ({
  openAs,
  callAs,
  demo,
}, testInfo) => {
  const bo = await openAs('bo', '/runs');
  const anns = await callAs('ann');
  const warning = bo.page.locator('.listNotice');
  const newest = bo.page.locator('tr[data-row-id] .cellMain').first();
  /** Freezes Redis while `meanwhile` runs. Returns the time at which Redis is back */
  const freeze = async (meanwhile: () => Promise<void>): Promise<number> => {
    demo.redis.pause();
    try {
      await expect(warning).toContainText('Redis is away');
      await meanwhile();
    } finally {
      demo.redis.resume();
    }
    return Date.now();
  };
  const expectSoon = async (what: string, recording: Recording, backAtMs: number) => {
    const delayMs = (await recording.states()).at(-1)!.atMs - backAtMs;
    testInfo.annotations.push({ type: `${what} after`, description: `${delayMs} ms` });
    expect(delayMs).toBeLessThan(AGREE_WITHIN_MS);
  };

  await test.step('The live channel sees Redis again before the api does, and no task changes', async () => {
    const warnings = await recordStates(bo.page, '.listNotice');
    const backAtMs = await freeze(async () => {
      const { body: json } = await anns.send<{ behind: null }>('GET', '/api/runs');
      expect(json.behind).toBe(null);
      await bo.page.route('**/api/runs?*', (route) => route.fulfill({ json }), { times: 1 });
    });
    await expect(warning).toHaveCount(0);
    await expectSoon('no warning', warnings, backAtMs);
  });

  await test.step('A page of tasks opened meanwhile shows why it is empty, and fills by itself when Redis is back', async () => {
    const { page } = bo;
    await freeze(async () => {
      await page.reload();
      await page.getByRole('link', { name: /^Tasks/ }).click();
      await expect(warning).toContainText('Redis is away');
    });
    await expect(page.locator('.rowlock-dashboard-row').first()).toBeVisible();
    await page.getByRole('link', { name: /^Runs/ }).click();
  });

  await test.step('Redis executes the requests of the frozen time when it is back', async () => {
    const newests = await recordStates(bo.page, 'tr[data-row-id] .cellMain');
    const backAtMs = await freeze(async () => {
      const input = { selection: { filter: { country: 'MC' } } };
      expect((await anns.send('POST', '/api/tasks/export-csv', { input })).status).toBe(503);
    });
    await expect(newest).toHaveText('Export CSV · Monaco');
    await expectSoon('the newest run', newests, backAtMs);
    await expect(warning).toHaveCount(0);
  });
});

/** Badges that differ from the server's view, as "row: badge, server". */
async function listDisagreements(
  windows: GazetteerWindow[],
  holders: Record<number, string>,
): Promise<string[]> {
  const found = await Promise.all(
    windows.map(async (window) => {
      const kinds = await window.kindsById();
      return Object.entries(holders).flatMap(([id, holder]) => {
        const kind = kinds[Number(id)];
        return kind === holder || (kind === 'held' && holder === 'person')
          ? []
          : [`${id}: ${kind}, ${holder}`];
      });
    }),
  );
  return found.flat();
}
