/** The countdown before the rows of a tab are unlocked, because nobody is active. */
import { IdleWarning, RowlockProvider, useTaskLock } from '@rowlock/react';
import { createRowlockClient } from '@rowlock/react/core';
import { createMemoryTransport, MemoryServer } from '@rowlock/react/testing';
import type { Meta, StoryObj } from '@storybook/react-vite';
import type { FunctionComponent } from 'react';
import { useState } from 'react';
import { expect, screen, waitFor } from 'storybook/test';
import { ann } from './stage.tsx';

interface Args {
  /** The server warns so long before it unlocks the rows, in ms */
  leftMs: number;
}

function Form() {
  const lock = useTaskLock([0], { resource: 'cities', hold: true });
  return (
    <main style={{ minBlockSize: 200 }}>
      <output>{lock.isHeld ? 'You are editing Paris' : 'Nobody is editing Paris'}</output>
      <IdleWarning />
    </main>
  );
}

function IdleStage({ leftMs }: Args) {
  const [client] = useState(() => {
    const server = new MemoryServer({ idle: { warnMs: 300, releaseMs: 300 + leftMs } });
    return createRowlockClient({ transport: createMemoryTransport({ server, actor: ann }), storage: null });
  });
  return (
    <RowlockProvider client={client}>
      <Form />
    </RowlockProvider>
  );
}

const meta = {
  title: 'Components/IdleWarning',
  component: IdleWarning as FunctionComponent<object>,
  render: (args: Args) => <IdleStage {...args} />,
  args: { leftMs: 179_000 },
  parameters: { docs: { story: { inline: false, height: '240px' } } },
} satisfies Meta<Args>;

export default meta;
type Story = StoryObj<Args>;

/** Three minutes are left. The button, a key or a move of the pointer keeps the row. */
export const Early: Story = {
  play: async () => {
    await expect(await screen.findByRole('group', { name: 'Are you still there?' })).toBeVisible();
  },
};

/** The last seconds. */
export const Soon: Story = {
  args: { leftMs: 25_000 },
  play: async () => {
    await expect(await screen.findByRole('group', { name: 'Are you still there?' })).toHaveAttribute(
      'data-soon',
    );
  },
};

/** Nobody was there: the row is unlocked, and the warning has gone. */
export const Over: Story = {
  args: { leftMs: 500 },
  play: async () => {
    await screen.findByRole('group');
    await waitFor(() => expect(screen.queryByRole('group')).toBeNull(), { timeout: 3_000 });
    await expect(screen.getByText('Nobody is editing Paris')).toBeVisible();
  },
};
