import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const conditions = ['@rowlock/source', 'module', 'node', 'development|production'];

/** The contract suite on a registry with one mistake: `ROWLOCK_MUTATION` names it. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    environment: 'node',
    include: ['test/contract/**/*.test.ts'],
    setupFiles: [fileURLToPath(new URL('applyMutation.mjs', import.meta.url))],
    // A mistake may also make a test wait for ever.
    testTimeout: 15_000,
    hookTimeout: 30_000,
  },
});
