import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { startChannel } from './test/brokenNetwork/startChannel.ts';

/** Hooks and components, in a real browser. */
export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['@rowlock/source', 'module', 'browser', 'development|production'] },
  optimizeDeps: {
    // Found before the first test: what is found during one reloads the page under it.
    include: [
      'axe-core',
      'react',
      'react-dom',
      'react-dom/client',
      'react-dom/server',
      'react/jsx-dev-runtime',
      'socket.io-client',
      'vitest-browser-react',
    ],
  },
  test: {
    name: 'react-browser',
    include: ['src/**/*.browser.test.tsx'],
    setupFiles: ['src/components/styles.css', 'src/testSupport/failOnConsoleError.ts'],
    browser: {
      enabled: true,
      headless: true,
      commands: { startChannel },
      screenshotFailures: false,
      provider: playwright({
        // A component that fades in counts as invisible at first, so there is no motion.
        contextOptions: { reducedMotion: 'reduce' },
        launchOptions: {
          executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
          args: ['--no-sandbox'],
        },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
});
