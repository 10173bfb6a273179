import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, userEvent, waitFor, within } from 'storybook/test';
import { EditPage } from './EditPage.tsx';
import { getWindow } from './getWindow.ts';
import { TwoUsers } from './TwoUsers.tsx';

const meta = {
  title: 'Playground',
  component: TwoUsers,
  parameters: { layout: 'fullscreen', docs: { source: { type: 'code' } } },
} satisfies Meta<typeof TwoUsers>;

export default meta;
type Story = StoryObj<typeof meta>;

/** Open Paris in both windows, and press *Edit* in both: the second user sees who is editing. */
export const TwoPeopleEdit: Story = {
  args: { page: EditPage },
  play: async ({ step }) => {
    const ann = within(await getWindow('Ann Lee’s window'));
    const bo = within(await getWindow('Bo Berg’s window'));
    await step('Ann edits Paris', async () => {
      await userEvent.click(await ann.findByRole('button', { name: 'Paris' }));
      await userEvent.click(ann.getByRole('button', { name: 'Edit' }));
      await expect(await bo.findByText('Ann Lee is editing')).toBeVisible();
    });
    await step('Bo is told who is editing', async () => {
      await userEvent.click(bo.getByRole('button', { name: 'Paris' }));
      await userEvent.click(bo.getByRole('button', { name: 'Edit' }));
      const dialog = await bo.findByRole('dialog', { name: 'Paris is being changed' });
      await userEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    });
    await step('Ann stops', async () => {
      await userEvent.click(ann.getByRole('button', { name: 'Stop editing' }));
      await waitFor(() => expect(bo.queryByText('Ann Lee is editing')).not.toBeInTheDocument());
    });
  },
};
