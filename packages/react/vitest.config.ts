import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

const source = '@rowlock/source';

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { conditions: [source, 'module', 'node', 'development|production'] },
        ssr: { resolve: { conditions: [source, 'module', 'node', 'development|production'] } },
        test: {
          name: 'react-unit',
          root: import.meta.dirname,
          environment: 'node',
          include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
          exclude: ['**/*.browser.test.*', '**/node_modules/**', '**/dist/**'],
        },
      },
      {
        plugins: [react()],
        resolve: { conditions: [source, 'module', 'browser', 'development|production'] },
        // Found before the first test: what is found during one reloads the page under it.
        optimizeDeps: {
          include: [
            'axe-core',
            'react',
            'react-dom',
            'react-dom/client',
            'react/jsx-dev-runtime',
            'socket.io-client',
            'vitest-browser-react',
          ],
        },
        test: {
          name: 'react-browser',
          root: import.meta.dirname,
          include: ['src/**/*.browser.test.tsx'],
          setupFiles: ['src/components/styles.css', 'src/testSupport/failOnConsoleError.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
                args: ['--no-sandbox'],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
