/** An intranet page without HTTPS. `window.open` copies sessionStorage, and the browser has no `navigator.locks` there. */
import { expect, test } from '../demo/journey.ts';
import { GazetteerWindow } from '../pages/GazetteerWindow.ts';

const ITALY = '/cities?country=IT';
const ROME = 3169070;
const MILAN = 3173435;

test.use({
  launchOptions: {
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--host-resolver-rules=MAP intranet.test localhost'],
  },
});

const withoutHttps = (url: string): string => `http://intranet.test:${new URL(url).port}`;

test('A form keeps its row when it opens a window, and can still save', async ({ openAs, demo }) => {
  const ann = await openAs('ann', ITALY, withoutHttps(demo.url));
  await ann.editRow(ROME);
  expect(await ann.page.evaluate(() => isSecureContext || 'locks' in navigator)).toBe(false);

  const opening = ann.page.waitForEvent('popup');
  await ann.page.evaluate(() => void window.open(location.href));
  const opened = new GazetteerWindow(await opening);
  await expect(opened.readOnly).toHaveText('Read only: you are editing this in another tab.');
  await expect(ann.editState).toHaveText('You are editing; others see it.');

  await ann.field('Notes').fill('Saved by the opener');
  await ann.saveButton.click();
  await expect(ann.notice).toHaveText('Rome saved');
  await expect(opened.editState).toHaveText('You are editing; others see it.');
});

test('A tab without HTTPS holds its row over a reload', async ({ openAs, demo }) => {
  const ann = await openAs('ann', ITALY, withoutHttps(demo.url));
  const bo = await openAs('bo', ITALY);
  await ann.editRow(MILAN);
  await expect(bo.badge(MILAN)).toContainText('Ann Lee is editing');
  await ann.page.reload();
  await expect(ann.editState).toHaveText('You are editing; others see it.');
  await ann.field('Notes').fill('Saved after the reload');
  await ann.saveButton.click();
  await expect(ann.notice).toHaveText('Milan saved');
});
