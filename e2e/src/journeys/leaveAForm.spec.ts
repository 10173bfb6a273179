/** A user leaves a form by a link. The browser keeps the stopped page, with its connection, for the Back button. */
import { expect, test } from '../demo/journey.ts';
import type { GazetteerWindow } from '../pages/GazetteerWindow.ts';

const ITALY = '/cities?country=IT';
const ROME = 3169070;
const MILAN = 3173435;
/** The disconnect grace is 5 s. */
const WITHIN_SECONDS = { timeout: 9_000 };

test.use({
  launchOptions: {
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
    // Playwright switches off the back/forward cache that users have.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  },
});

test('A row is free within seconds after its form is left by a link, and held again after Back', async ({
  openAs,
}) => {
  const ann = await openAs('ann', ITALY);
  const bo = await openAs('bo', ITALY);
  await ann.editRow(ROME);
  await expect(bo.badge(ROME)).toContainText('Ann Lee is editing');

  await leaveByLink(ann);
  await expect(bo.badge(ROME)).toHaveAttribute('data-kind', 'free', WITHIN_SECONDS);

  await goBack(ann);
  await expect(ann.editState).toHaveText('You are editing; others see it.');
  await expect(bo.badge(ROME)).toContainText('Ann Lee is editing');
});

test('A form that Back restores shows who acquired its row meanwhile', async ({ openAs }) => {
  const ann = await openAs('ann', ITALY);
  const bo = await openAs('bo', ITALY);
  await ann.editRow(MILAN);

  await leaveByLink(ann);
  await expect(bo.badge(MILAN)).toHaveAttribute('data-kind', 'free', WITHIN_SECONDS);
  await bo.editRow(MILAN);

  await goBack(ann);
  await expect(ann.readOnly).toHaveText('Read only: Bo Novak is editing this.');
  await expect(ann.saveButton).toBeDisabled();
});

async function leaveByLink({ page }: GazetteerWindow): Promise<void> {
  await page.evaluate(() => {
    (window as KeptWindow).isKept = true;
  });
  await page.goto('/rowlock/health');
}

/** Fails if the page was loaded again. Then the browser did not keep it, and the journey proves nothing. */
async function goBack({ page, connection }: GazetteerWindow): Promise<void> {
  // A kept page does not load again, so there is no `load` event to wait for.
  await page.goBack({ waitUntil: 'commit' });
  expect(await page.evaluate(() => (window as KeptWindow).isKept)).toBe(true);
  await expect(connection).toHaveText('Live');
}

type KeptWindow = Window & { isKept?: boolean };
