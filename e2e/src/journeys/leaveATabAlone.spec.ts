/** A tab that nobody looks at, and a user who signs out in another window. */
import { chromium } from '@playwright/test';
import { expect, test } from '../demo/journey.ts';
import { GazetteerWindow } from '../pages/GazetteerWindow.ts';

const ITALY = '/cities?country=IT';
const GENOA = 3176219;
const BOLOGNA = 3181928;
const EDITING = 'You are editing; others see it.';
/**
 * The network of a frozen tab still answers pings, so the tab keeps its row for a while. Socket.IO's own heartbeat needs scripts, and
 * gives up after 45 s. Then the disconnect grace of 5 s begins.
 */
const WITHIN_HEARTBEAT = { timeout: 58_000 };

test('Hidden for long: a frozen tab frees its row within a minute, and holds it again when it is shown', async ({
  openAs,
  demo,
}) => {
  test.setTimeout(120_000);
  const server = await chromium.launchServer({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const browser = await chromium.connect(server.wsEndpoint());
  const page = await (await browser.newContext({ baseURL: demo.url })).newPage();
  const ann = new GazetteerWindow(page);
  await ann.signInAs('ann', ITALY);
  // A browser freezes a hidden tab: its scripts stop, and its connections stay open. So only its renderer is stopped.
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  const signal = (name: NodeJS.Signals) => {
    for (const id of renderers) process.kill(id, name);
  };
  try {
    const bo = await openAs('bo', ITALY);
    await ann.editRow(GENOA);
    await ann.field('Notes').fill('Typed before the tab was hidden');
    await expect(bo.badge(GENOA)).toContainText('Ann Lee is editing');

    signal('SIGSTOP');
    await expect(bo.badge(GENOA)).toHaveAttribute('data-kind', 'free', WITHIN_HEARTBEAT);

    signal('SIGCONT');
    await expect(ann.editState).toHaveText(EDITING, { timeout: 15_000 });
    await expect(ann.field('Notes')).toHaveValue('Typed before the tab was hidden');
    await expect(bo.badge(GENOA)).toContainText('Ann Lee is editing');
  } finally {
    signal('SIGCONT');
    await server.close();
  }
});

test('Signed out elsewhere: the other window shows the sign-in page at once, and its row is free', async ({
  openAs,
}) => {
  const ann = await openAs('ann', ITALY);
  const annAtHome = await openAs('ann', ITALY);
  const bo = await openAs('bo', ITALY);
  await ann.editRow(BOLOGNA);
  await expect(bo.badge(BOLOGNA)).toContainText('Ann Lee is editing');

  await annAtHome.page.getByTestId('user-menu').click();
  await annAtHome.page.getByTestId('sign-out-everywhere').click();
  for (const { page } of [annAtHome, ann]) await expect(page.getByTestId('sign-in-ann')).toBeVisible();
  await expect(bo.badge(BOLOGNA)).toHaveAttribute('data-kind', 'free', { timeout: 3_000 });
  await bo.editRow(BOLOGNA);
});
