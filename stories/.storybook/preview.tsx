import '@rowlock/react/styles.css';
import './preview.css';
import type { Preview } from '@storybook/react-vite';
import { DocsInTheme } from './DocsInTheme.tsx';
import { withPage, withStage } from './withStage.tsx';

const preview: Preview = {
  decorators: [withStage, withPage],
  globalTypes: {
    theme: {
      description: 'Light or dark',
      toolbar: {
        title: 'Theme',
        icon: 'mirror',
        items: [
          { value: 'light', title: 'Light', icon: 'sun' },
          { value: 'dark', title: 'Dark', icon: 'moon' },
        ],
        dynamicTitle: true,
      },
    },
    language: {
      description: 'The language of the texts',
      toolbar: {
        title: 'Language',
        icon: 'globe',
        items: [
          { value: 'en', title: 'English' },
          { value: 'de', title: 'German' },
        ],
        dynamicTitle: true,
      },
    },
    direction: {
      description: 'The direction of the page',
      toolbar: {
        title: 'Direction',
        icon: 'transfer',
        items: [
          { value: 'ltr', title: 'Left to right' },
          { value: 'rtl', title: 'Right to left' },
        ],
        dynamicTitle: true,
      },
    },
  },
  initialGlobals: { theme: 'light', language: 'en', direction: 'ltr' },
  parameters: {
    layout: 'padded',
    backgrounds: { disable: true },
    a11y: { test: 'error' },
    controls: { expanded: true },
    docs: { container: DocsInTheme, source: { type: 'dynamic', excludeDecorators: true } },
    options: {
      storySort: {
        method: 'alphabetical',
        order: ['Introduction', 'Guides', 'Playground', 'Components', '*'],
      },
    },
  },
  tags: ['autodocs'],
};

export default preview;
