import { defineConfig } from '@playwright/test';

// The processes that Playwright starts read the packages of the repository from their source.
process.env.NODE_OPTIONS = '--conditions=@rowlock/source';

/** One worker, because a second one would slow down journeys that measure seconds. A failed journey is not repeated. */
export default defineConfig({
  testDir: 'src/journeys',
  outputDir: '../.rowlock/e2e',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  reporter: 'list',
  expect: { timeout: 10_000 },
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    screenshot: 'only-on-failure',
    actionTimeout: 10_000,
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    },
  },
});
