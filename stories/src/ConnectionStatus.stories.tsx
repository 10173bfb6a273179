import { ConnectionStatus } from '@rowlock/react';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect } from 'storybook/test';
import { after, onStage } from './stage.tsx';

const meta = {
  title: 'Components/ConnectionStatus',
  component: ConnectionStatus,
  parameters: onStage(),
} satisfies Meta<typeof ConnectionStatus>;

export default meta;
type Story = StoryObj<typeof meta>;

export const Live: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Live')).toBeVisible();
  },
};

/** The first connection is slow. Nothing is shown in the first 300 ms. */
export const Connecting: Story = {
  parameters: onStage({
    set: (server) => {
      server.delayMs = 3_600_000;
    },
  }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Connecting…')).toBeVisible();
  },
};

/** Shows the seconds since the loss. Screen readers do not read them. */
export const Reconnecting: Story = {
  parameters: onStage({ move: (_, transport) => after(50, () => transport.disconnect()) }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Reconnecting…')).toBeVisible();
    await expect(await canvas.findByText(/^\d s$/)).toHaveAttribute('aria-hidden', 'true');
  },
};

/** The server itself does not see Redis. */
export const Uncertain: Story = {
  parameters: onStage({ move: (server) => after(50, () => server.setCertain(false)) }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Not certain')).toBeVisible();
  },
};

/** The browser reports that it has no network. */
export const Offline: Story = {
  parameters: onStage({
    move: (_, transport) =>
      after(50, () => {
        transport.cutSilently();
        window.dispatchEvent(new Event('offline'));
      }),
  }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('You are offline')).toBeVisible();
  },
};

/** The server no longer accepts the user's credentials. The title is its reason. */
export const SignedOut: Story = {
  parameters: onStage({ set: (_, transport) => transport.refuse('The session has expired. Sign in again.') }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Signed out')).toBeVisible();
    await expect(await canvas.findByTitle('The session has expired. Sign in again.')).toBeVisible();
  },
};
