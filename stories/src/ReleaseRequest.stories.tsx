/** Somebody asks for the row that this form holds. */
import { ReleaseRequest, type ReleaseRequestProps, useTaskLock } from '@rowlock/react';
import type { MemoryServer } from '@rowlock/react/testing';
import type { Meta, StoryObj } from '@storybook/react-vite';
import type { FunctionComponent } from 'react';
import { expect, fn, screen, waitFor } from 'storybook/test';
import { openTabOf } from './secondUser.ts';
import { after, bo, Stage } from './stage.tsx';

interface Args extends Pick<ReleaseRequestProps, 'onSave'> {
  message?: string;
}

function Form({ onSave }: Pick<Args, 'onSave'>) {
  const lock = useTaskLock([0], { resource: 'cities', hold: true });
  return (
    <div style={{ maxInlineSize: 560 }}>
      <ReleaseRequest lock={lock} recordLabel={() => 'Paris'} {...(onSave && { onSave })} />
    </div>
  );
}

/** Bo asks as soon as the row is held. */
function askForIt(server: MemoryServer, message: string | undefined): () => void {
  const { client, close } = openTabOf(bo, server);
  const stop = after(300, () => {
    const [lease] = server.leasesOn('cities/0');
    if (!lease) return;
    void client.leases.requestRelease(lease.id, { records: ['cities/0'], ...(message && { message }) });
  });
  return () => {
    stop();
    close();
  };
}

const meta = {
  title: 'Components/ReleaseRequest',
  component: ReleaseRequest as FunctionComponent<object>,
  render: ({ message, onSave }: Args) => (
    <Stage move={(server) => askForIt(server, message)}>
      <Form {...(onSave && { onSave })} />
    </Stage>
  ),
} satisfies Meta<Args>;

export default meta;
type Story = StoryObj<Args>;

/** The form is saved before the row is released. */
export const WithAMessage: Story = {
  args: { message: 'I only have to correct the population. Two minutes.', onSave: fn() },
  play: async ({ args, userEvent }) => {
    await screen.findByRole('group', { name: 'Bo Berg asks for Paris' });
    await userEvent.click(screen.getByRole('button', { name: 'Save and release' }));
    await waitFor(() => expect(screen.queryByRole('group')).toBeNull());
    await expect(args.onSave).toHaveBeenCalledTimes(1);
  },
};

/** Nothing is to be saved, and the request is still open. */
export const WithoutASave: Story = {
  play: async () => {
    await expect(await screen.findByRole('button', { name: 'Release' })).toBeVisible();
  },
};

/** The save fails. The row stays held, and the form says so. */
export const NotSaved: Story = {
  args: { message: 'May I?', onSave: () => false },
  play: async ({ userEvent }) => {
    await userEvent.click(await screen.findByRole('button', { name: 'Save and release' }));
    await expect(await screen.findByRole('alert')).toBeVisible();
  },
};
