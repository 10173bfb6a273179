import { defineConfig } from 'vitest/config';
import { reactVersions } from './packages/react/test/reactVersions.ts';

// Sources are tested as they stand: workspace packages resolve to their `src`, so that no build comes first.
// The others are Vite's defaults for code that runs in Node, which a list of our own replaces, but for `module`: what it
// chooses is for bundlers, and some of it (OpenTelemetry's) Node cannot load.
const conditions = ['@rowlock/source', 'node', 'development|production'];

const REDIS_TESTS = '**/*.redis.test.ts';
const CHROMIUM_TESTS = '**/*.chromium.test.ts';
const POSTGRES_TESTS = '**/*.postgres.test.ts';

/** A project that runs in Node: what is named after it is where its tests are. */
function nodeProject(name: string, include: string[], exclude: string[] = []) {
  return {
    extends: true as const,
    test: { name, include, exclude: ['**/node_modules/**', '**/dist/**', ...exclude] },
  };
}

/** Starts servers of its own, which takes its time where the machine is busy with other tests. */
function serverProject(name: string, include: string[], { exclude = [] as string[], isLast = false } = {}) {
  const { extends: root, test } = nodeProject(name, include, exclude);
  const sequence = { groupOrder: isLast ? 1 : 0 };
  return { extends: root, test: { ...test, testTimeout: 20_000, hookTimeout: 30_000, sequence } };
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    environment: 'node',
    retry: 0,
    dangerouslyIgnoreUnhandledErrors: false,
    passWithNoTests: false,
    projects: [
      nodeProject('protocol', ['packages/protocol/src/**/*.test.ts']),
      nodeProject('server', ['packages/server/{src,test}/**/*.test.ts'], [REDIS_TESTS, POSTGRES_TESTS]),
      serverProject('server-redis', [`packages/server/{src,test}/${REDIS_TESTS}`]),
      serverProject('test-utils', ['packages/test-utils/src/**/*.test.ts'], { exclude: [POSTGRES_TESTS] }),
      serverProject('postgres', [`packages/*/src/${POSTGRES_TESTS}`]),
      nodeProject(
        'scripts',
        ['scripts/**/*.test.mjs', 'packages/server/test/{formal,mutations}/*.test.mjs'],
        ['**/*.redis.test.mjs'],
      ),
      // Alone, when the others are done: it measures how fast the whole demo starts.
      serverProject('scripts-redis', ['scripts/**/*.redis.test.mjs'], { isLast: true }),
      serverProject('conformance', ['conformance/src/**/*.test.ts']),
      nodeProject('bench', ['apps/bench/src/**/*.test.ts'], [REDIS_TESTS, CHROMIUM_TESTS]),
      serverProject('storybook-built', [`stories/built/${CHROMIUM_TESTS}`]),
      serverProject('bench-browser', [`apps/bench/src/${CHROMIUM_TESTS}`]),
      serverProject('bench-redis', [`apps/bench/src/${REDIS_TESTS}`]),
      'apps/demo/vitest.config.ts',
      'packages/react/vitest.unit.config.ts',
      'packages/react/vitest.browser.config.ts',
      ...reactVersions,
      'stories/vitest.config.ts',
    ],
  },
});
