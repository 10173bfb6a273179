import { TaskTray, type TaskTrayProps } from '@rowlock/react';
import type { MemoryServer } from '@rowlock/react/testing';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect } from 'storybook/test';
import { cities, cityName, LONG_LABEL } from './sampleRows.ts';
import { after, ann, bo, keepWorking, Stage, type StageProps } from './stage.tsx';

type TrayArgs = Omit<StageProps, 'children'> &
  Pick<TaskTrayProps, 'defaultOpen' | 'onDoWhenFree' | 'renderResult' | 'readsOnly'>;

/** The tray in a column of its own. It covers nothing there. */
function Tray({ set, move, ...tray }: TrayArgs) {
  return (
    <Stage {...(set && { set })} {...(move && { move })}>
      <div style={{ inlineSize: 'min(360px, 100%)', padding: 16, boxSizing: 'border-box' }}>
        <TaskTray storage={null} recordLabel={cityName} {...tray} />
      </div>
    </Stage>
  );
}

const meta = {
  title: 'Components/TaskTray',
  component: Tray,
  parameters: { layout: 'fullscreen', docs: { story: { inline: false, height: '460px' } } },
} satisfies Meta<typeof Tray>;

export default meta;
type Story = StoryObj<typeof meta>;

/** Without tasks, there is no tray. */
export const Empty: Story = {
  play: async ({ canvas }) => {
    await expect(canvas.queryByRole('region')).toBeNull();
  },
};

/** Users can cancel their own tasks, and undo it for 5 s. */
export const One: Story = {
  args: {
    set: (server) =>
      void server.startTask({
        label: 'Normalise names · France',
        actor: ann,
        records: cities(3),
        progress: { done: 3_712, total: 8_836, stage: 'Normalising names', etaMs: 72_000 },
      }),
  },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Cancel Normalise names · France' }));
    await expect(await canvas.findByText('Is cancelled in 5 s. It runs until then.')).toBeVisible();
    await userEvent.click(canvas.getByRole('button', { name: /^Undo/ }));
    await expect(await canvas.findByText(/3,712 of 8,836/)).toBeVisible();
  },
};

/** The user's own tasks come first, then those that ended while the tray was there. The tasks of others are one line. */
export const Many: Story = {
  args: {
    set: (server) => {
      server.startTask({ label: 'Export cities · CSV', actor: ann, progress: { done: 10, total: 200 } });
      server.startTask({
        label: 'Recompute population share',
        actor: bo,
        progress: { done: 80, total: 200, etaMs: 9_000 },
      });
      server.startTask({ label: 'Normalise names · Spain', actor: bo, state: 'queued', attempt: 0 });
      server.startTask({ label: 'Set time zone · Italy', actor: ann, progress: { done: 200, total: 9_940 } });
    },
    move: (server) => {
      const first = after(200, () => void server.endTask('task-1'));
      const second = after(
        250,
        () => void server.endTask('task-4', 'failed', 'Unknown time zone "Europe/Rom".'),
      );
      return () => {
        first();
        second();
      };
    },
  },
  play: async ({ canvas, userEvent }) => {
    await expect(await canvas.findByText('2 tasks finished')).toBeVisible();
    await expect(await canvas.findByText(/^Unknown time zone/)).toBeVisible();
    await userEvent.click(canvas.getByRole('button', { name: 'Dismiss Export cities · CSV' }));
    await expect(canvas.queryByText('Export cities · CSV')).toBeNull();
    await userEvent.click(canvas.getByRole('button', { name: '2 tasks of others' }));
    await expect(await canvas.findByText(/^Bo Berg · Waiting to start/)).toBeVisible();
  },
};

const endTask = (end: (server: MemoryServer, id: string) => void): Story['args'] => ({
  set: (server) =>
    void server.startTask({
      id: 'ending',
      name: 'set-fields',
      label: 'Set time zone · Belgium',
      actor: ann,
      records: cities(8),
      progress: { done: 3, total: 8 },
    }),
  move: (server) => after(300, () => end(server, 'ending')),
});

/** The file of an export is offered by the prop `renderResult`. */
export const Completed: Story = {
  args: {
    ...endTask((server, id) => {
      server.updateTask(id, { result: { url: '#file' } });
      server.endTask(id);
    }),
    readsOnly: () => true,
    renderResult: ({ result }) => <a href={(result as { url: string }).url}>Download the file</a>,
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('8 rows read')).toBeVisible();
    await expect(canvas.getByRole('link', { name: 'Download the file' })).toBeVisible();
  },
};

/** Failed rows have names and reasons, and are retried alone. */
export const SomeRowsFailed: Story = {
  args: endTask((server, id) => {
    server.failRecords(
      id,
      cities(8).slice(2, 4),
      'It was changed by another task meanwhile, and left as it is.',
    );
    server.endTask(id);
  }),
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByText('2 rows failed'));
    await expect(await canvas.findByText('Marseille')).toBeVisible();
  },
};

export const CancelledHalfway: Story = {
  args: endTask((server, id) => void server.endTask(id, 'cancelled')),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Cancelled after 3 of 8 rows; those stay changed')).toBeVisible();
  },
};

/** An error that nobody can read at a glance is folded. */
export const FailedWithATrace: Story = {
  args: endTask(
    (server, id) =>
      void server.endTask(
        id,
        'failed',
        'TypeError: Cannot read properties of undefined\n    at rename (rename.ts:17)',
      ),
  ),
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByText('Details'));
    await expect(await canvas.findByText(/^TypeError/)).toBeVisible();
  },
};

export const TooMany: Story = {
  args: {
    set: (server) => {
      for (let index = 1; index <= 40; index++) {
        server.startTask({
          label: `Normalise names · Region ${index}`,
          actor: index % 2 ? ann : bo,
          progress: { done: index * 20, total: 1_000 },
        });
      }
    },
  },
};

export const VeryLongName: Story = {
  args: {
    set: (server) =>
      void server.startTask({ label: LONG_LABEL, actor: ann, progress: { done: 1, total: 3 } }),
  },
};

export const NoWorker: Story = {
  args: {
    set: (server) =>
      void server.startTask({
        label: 'Normalise names · France',
        actor: ann,
        hasWorker: false,
        progress: { done: 3_712, total: 8_836 },
      }),
  },
};

export const Collapsed: Story = {
  args: { ...One.args, defaultOpen: false },
  play: async ({ canvas, userEvent }) => {
    const head = await canvas.findByRole('button', { name: /1 task running/ });
    await expect(head).toHaveAttribute('aria-expanded', 'false');
    await userEvent.click(head);
    await expect(canvas.getByText('Normalise names · France')).toBeVisible();
    await userEvent.click(head);
  },
};

export const Offline: Story = {
  args: { ...One.args, move: (_, transport) => after(100, () => transport.disconnect()) },
};

export const Live: Story = {
  args: { move: (server) => keepWorking(server, 'Normalise names · France', cities(3)) },
};
