import { defineConfig } from '@playwright/test';

// The tests' own packages are read from their source, in the processes that Playwright starts.
process.env.NODE_OPTIONS = '--conditions=@rowlock/source';

/** One worker, so that no journey takes the processor from another while seconds are counted. A journey that fails once has failed. */
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
