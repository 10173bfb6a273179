import { defineConfig } from 'vitest/config';

/** For a run in this folder. The root's configuration names the two by themselves, so that their names stay short. */
export default defineConfig({
  test: { projects: ['./vitest.unit.config.ts', './vitest.browser.config.ts'] },
});
