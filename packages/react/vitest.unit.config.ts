import { defineConfig } from 'vitest/config';

const conditions = ['@rowlock/source', 'module', 'node', 'development|production'];

/** The client without React, in Node. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    name: 'react-unit',
    environment: 'node',
    include: ['src/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
  },
});
