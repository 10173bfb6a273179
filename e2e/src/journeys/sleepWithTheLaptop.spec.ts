/** A laptop that sleeps: its browser is stopped with all of its processes, and continues later. */
import { chromium } from '@playwright/test';
import { expect, test } from '../demo/journey.ts';
import { GazetteerWindow } from '../pages/GazetteerWindow.ts';

const ITALY = '/cities?country=IT';
const NAPLES = 3172394;
const EDITING = 'You are editing; others see it.';
/** The server finds a half-open connection after 10 to 12 s, and then the disconnect grace of 5 s begins. */
const WITHIN_HALF_OPEN = { timeout: 22_000 };

test('Laptop asleep: a row is free within 22 s after the browser was stopped, and held again when it runs', async ({
  openAs,
  demo,
}) => {
  const server = await chromium.launchServer({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  // The browser with all of its processes, also that of the network.
  const signal = (name: NodeJS.Signals) => process.kill(-server.process().pid!, name);
  try {
    const laptop = await chromium.connect(server.wsEndpoint());
    const page = await (await laptop.newContext({ baseURL: demo.url })).newPage();
    const ann = new GazetteerWindow(page);
    await ann.signInAs('ann', ITALY);
    const bo = await openAs('bo', ITALY);
    await ann.editRow(NAPLES);
    await ann.field('Notes').fill('Typed before the sleep');
    await expect(bo.badge(NAPLES)).toContainText('Ann Lee is editing');

    signal('SIGSTOP');
    await expect(bo.badge(NAPLES)).toHaveAttribute('data-kind', 'free', WITHIN_HALF_OPEN);

    signal('SIGCONT');
    await expect(ann.editState).toHaveText(EDITING, { timeout: 15_000 });
    await expect(ann.field('Notes')).toHaveValue('Typed before the sleep');
    await expect(bo.badge(NAPLES)).toContainText('Ann Lee is editing');
  } finally {
    signal('SIGCONT');
    await server.close();
  }
});
