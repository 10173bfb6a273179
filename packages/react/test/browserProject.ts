/** Tests of hooks and components in a real browser, with one version of React. */
import { join } from 'node:path';
import babel from '@rolldown/plugin-babel';
import react, { reactCompilerPreset } from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { startChannel } from './brokenNetwork/startChannel.ts';

const folder = new URL('..', import.meta.url).pathname;

export interface BrowserProject {
  name: string;
  /** The first numbers of the version. Default: the workspace's own */
  version?: string;
  /** The suffix of the packages that contain this version: `react-18` */
  suffix?: string;
  /** React's compiler memoises all hooks and components */
  isCompiled?: boolean;
  /** Files that need no second run */
  exclude?: string[];
}

export function browserProject({
  name,
  version = '19.',
  suffix,
  isCompiled = false,
  exclude = [],
}: BrowserProject): ViteUserConfig {
  return defineConfig({
    root: folder,
    // Each project has packages of its own in this folder.
    cacheDir: `node_modules/.vite/${name}`,
    plugins: [react(), ...(isCompiled ? [babel({ presets: [reactCompilerPreset()] })] : [])],
    resolve: {
      conditions: ['@rowlock/source', 'module', 'browser', 'development|production'],
      alias: suffix ? [{ find: /^(react|react-dom)(\/.*)?$/, replacement: `$1-${suffix}$2` }] : [],
    },
    optimizeDeps: {
      // Found before the first test: what is found during one reloads the page under it.
      include: [
        '@tanstack/react-query',
        'axe-core',
        'diff',
        'react',
        'react-dom',
        'react-dom/client',
        'react-dom/server',
        'react/jsx-dev-runtime',
        'socket.io-client',
        'vitest-browser-react',
        ...(isCompiled ? ['react/compiler-runtime'] : []),
      ],
    },
    test: {
      name,
      provide: { reactVersion: version },
      include: ['src/**/*.browser.test.tsx'],
      exclude: ['**/node_modules/**', ...exclude],
      setupFiles: [
        join(folder, 'src/components/styles.css'),
        join(folder, 'src/testSupport/failOnConsoleError.ts'),
      ],
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
}
