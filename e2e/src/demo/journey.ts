/** `test` for journeys: a running demo and windows for its users. Files with the same options share a demo. */
import { type Browser, test as base, type Page } from '@playwright/test';
import { GazetteerWindow } from '../pages/GazetteerWindow.ts';
import { type ApiClient, signIn } from '../wire/apiClient.ts';
import { type Demo, type DemoOptions, startDemo } from './startDemo.ts';

type UserId = 'ann' | 'bo' | 'chen' | 'dana';

export interface Journey {
  /** Opens a window with a new browser profile and signs that user in through the page. */
  openAs(user: UserId, path?: string, url?: string): Promise<GazetteerWindow>;
  /** An HTTP client of that user, without a page. */
  callAs(user: UserId): Promise<ApiClient>;
}

/** Time for the first start of the demo. It does not count as time of the first journey. */
const DEMO_TIMEOUT_MS = 150_000;

export const test = base.extend<Journey, DemoOptions & { demo: Demo }>({
  taskPaceMs: [300, { option: true, scope: 'worker' }],
  isMortal: [false, { option: true, scope: 'worker' }],
  idle: [
    { warnMs: 120_000, releaseMs: 300_000 },
    { option: true, scope: 'worker' },
  ],

  demo: [
    async ({ taskPaceMs, isMortal, idle }, use) => {
      const demo = await startDemo({ taskPaceMs, isMortal, idle });
      await use(demo);
      await demo.stop();
    },
    { scope: 'worker', timeout: DEMO_TIMEOUT_MS },
  ],

  openAs: async ({ browser, demo }, use) => {
    const pages: Page[] = [];
    const errors: Error[] = [];
    await use(async (user, path = '/cities', url = demo.url) => {
      const page = await newPage(browser, url);
      page.on('pageerror', (error) => errors.push(error));
      pages.push(page);
      const window = new GazetteerWindow(page);
      await window.signInAs(user, path);
      return window;
    });
    await Promise.all(pages.map((page) => page.context().close()));
    // An uncaught exception in a page fails the journey.
    if (errors[0]) throw errors[0];
  },

  callAs: async ({ demo }, use) => {
    await use((user) => signIn(demo.url, user));
  },
});

export { expect } from '@playwright/test';

async function newPage(browser: Browser, baseURL: string): Promise<Page> {
  const context = await browser.newContext({ baseURL });
  return context.newPage();
}
