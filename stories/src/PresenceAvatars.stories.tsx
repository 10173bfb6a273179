/** The other users who look at the same row. */
import { PresenceAvatars } from '@rowlock/react';
import type { Meta, StoryObj } from '@storybook/react-vite';
import type { FunctionComponent } from 'react';
import { expect, screen, waitFor } from 'storybook/test';
import { openTabOf } from './secondUser.ts';
import { Stage } from './stage.tsx';

interface Args {
  names: string[];
  max?: number;
}

const meta = {
  title: 'Components/PresenceAvatars',
  component: PresenceAvatars as FunctionComponent<object>,
  render: ({ names, max }: Args) => (
    <Stage
      move={(server) => {
        const tabs = names.map((name) => openTabOf({ id: name, name }, server));
        for (const { client } of tabs) client.presence.watch(['cities/0'], () => {});
        return () => {
          for (const { close } of tabs) close();
        };
      }}
    >
      <h2
        style={{
          display: 'flex',
          alignItems: 'flex-start',
          gap: 12,
          minBlockSize: 96,
          font: '600 18px/28px var(--rowlock-font)',
        }}
      >
        Paris
        <PresenceAvatars recordId={0} resource="cities" {...(max !== undefined && { max })} />
      </h2>
    </Stage>
  ),
} satisfies Meta<Args>;

export default meta;
type Story = StoryObj<Args>;

export const Nobody: Story = { args: { names: [] } };

export const OneOther: Story = {
  args: { names: ['Bo Berg'] },
  play: async () => {
    await expect(await screen.findByRole('button', { name: 'Bo Berg is looking at this too' })).toBeVisible();
  },
};

/** More than fit: the others are counted, and a press shows all names. */
export const Many: Story = {
  args: {
    names: ['Bo Berg', 'Cleo Marin', 'Dara Okafor', 'Émile Roux', 'Farah Nasser', 'Giulia Conti'],
    max: 3,
  },
  play: async ({ userEvent }) => {
    const viewers = await screen.findByRole('button', { name: /are looking at this too$/ });
    await waitFor(() => expect(screen.getByText('+3')).toBeVisible());
    await userEvent.click(viewers);
    await expect(viewers).toHaveAttribute('aria-expanded', 'true');
  },
};
