import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const conditions = ['@rowlock/source', 'module', 'node', 'development|production'];

/** Runs the contract suite on a registry with one mistake, which `ROWLOCK_MUTATION` names. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    environment: 'node',
    include: ['test/contract/**/*.test.ts'],
    setupFiles: [fileURLToPath(new URL('applyMutation.mjs', import.meta.url))],
    // A mistake may make a test wait forever.
    testTimeout: 15_000,
    hookTimeout: 30_000,
  },
});
