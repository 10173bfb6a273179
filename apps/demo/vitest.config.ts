import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@rowlock/source'] },
  ssr: { resolve: { conditions: ['@rowlock/source', ...defaultServerConditions] } },
  test: {
    name: 'demo',
    environment: 'node',
    include: ['src/**/*.test.ts'],
    // A test here may start Redis, an api and a worker of its own.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
