import type { Actor } from '@rowlock/protocol';
import type { MemoryServer } from '@rowlock/react/testing';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, userEvent, waitFor, within } from 'storybook/test';
import '../form.css';
import { getWindow } from '../panes/getWindow.ts';
import { TwoUsers } from '../panes/TwoUsers.tsx';
import { type CityTable, createCityTable } from './cityTable.ts';
import { EditCity } from './EditCity.tsx';

let table: CityTable;
const set = (server: MemoryServer) => {
  table = createCityTable(server);
};
const Page = ({ user }: { user: Actor }) => <EditCity table={table} user={user} />;

const meta = {
  title: 'Guides/Edit form',
  component: TwoUsers,
  args: { page: Page, set },
  parameters: { layout: 'fullscreen' },
  tags: ['!autodocs'],
} satisfies Meta<typeof TwoUsers>;

export default meta;
type Story = StoryObj<typeof meta>;

/** Type in one window. The other one says who is editing, keeps what you type there, and merges what was saved. */
export const TwoPeopleOneRow: Story = {
  play: async ({ step }) => {
    const ann = within(await getWindow('Ann Lee’s window'));
    const bo = within(await getWindow('Bo Berg’s window'));
    await step('Reading locks nothing, and the first keystroke locks the row', async () => {
      await expect(bo.queryByText(/Ann Lee is editing/)).not.toBeInTheDocument();
      await userEvent.type(await ann.findByLabelText('Notes'), ', on the Seine');
      await waitFor(() => expect(bo.getByText(/Ann Lee is editing/)).toBeVisible());
    });
    await step('A save is seen by the other user', async () => {
      await userEvent.click(ann.getByRole('button', { name: 'Save' }));
      await expect(await bo.findByText('Ann Lee has changed Paris')).toBeVisible();
      await userEvent.click(bo.getByRole('button', { name: 'Load the new values' }));
      await expect(await bo.findByDisplayValue('The capital of France, on the Seine')).toBeVisible();
    });
  },
};
