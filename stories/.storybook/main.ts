import type { StorybookConfig } from '@storybook/react-vite';
import { mergeConfig } from 'vite';

const config: StorybookConfig = {
  framework: '@storybook/react-vite',
  stories: ['../src/**/*.mdx', '../src/**/*.stories.tsx'],
  addons: ['@storybook/addon-docs', '@storybook/addon-a11y', '@storybook/addon-vitest'],
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
  typescript: { reactDocgen: 'react-docgen' },
  // Reads the packages of the workspace from their sources, so that a change shows without a build.
  viteFinal: (vite) =>
    mergeConfig(vite, {
      resolve: { conditions: ['@rowlock/source', 'module', 'browser', 'development|production'] },
    }),
};

export default config;
