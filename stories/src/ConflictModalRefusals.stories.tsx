/** The dialog for a request that the server refused. */
import type { Conflict } from '@rowlock/protocol';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { fn } from 'storybook/test';
import { ago, Dialog } from './conflictDialog.tsx';
import { cities } from './sampleRows.ts';
import { after, bo } from './stage.tsx';

const meta = {
  title: 'Components/ConflictModal for a refusal',
  component: Dialog,
  parameters: { docs: { story: { inline: false, height: '520px' } } },
} satisfies Meta<typeof Dialog>;

export default meta;
type Story = StoryObj<typeof meta>;

const refusal: Conflict = {
  lease: {
    id: '1',
    holder: { type: 'person', id: 'tab-of-bo', label: 'Edit Paris', actor: bo },
    mode: 'exclusive',
    since: ago(4),
    recordCount: 1,
  },
  recordCount: 1,
  records: cities(1),
};

/** The conflicts come from the answer of a guarded route: `409` with `application/problem+json`. */
export const FromAProblem: Story = {
  args: {
    wanted: 1,
    set: (server) => void server.hold(cities(1), { actor: bo, label: 'Edit Paris', since: ago(4) }),
    error: {
      type: 'urn:rowlock:problem:conflict',
      title: 'Some records are being changed by somebody else',
      status: 409,
      detail: 'Paris is being changed by Bo Berg.',
      message: 'Paris is being changed by Bo Berg.',
      code: 'conflict',
      conflicts: [refusal],
    },
    onRetryWhenFree: fn(),
  },
};

/** Redis is away. Nothing is saved, and the dialog shows the reason. */
export const Unavailable: Story = {
  args: {
    move: (server) => after(50, () => server.setCertain(false)),
    error: {
      code: 'unavailable',
      message:
        'The lock registry cannot be reached, so nothing was saved. Your changes are still in the form.',
    },
    onRetryWhenFree: fn(),
  },
};

export const NoPermission: Story = {
  args: {
    error: { code: 'forbidden', message: 'You may look at cities, but not change them. Ask an editor.' },
  },
};
