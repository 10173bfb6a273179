import { LockBadge, TaskBanners } from '@rowlock/react';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn } from 'storybook/test';
import { cities, cityName, LONG_LABEL } from './sampleRows.ts';
import { after, ann, bo, cleo, keepWorking, Stage, type StageProps } from './stage.tsx';
import './table.css';

const rows = cities(12);
const ids = rows.map((_, index) => index);

/** Shows the banners over a table of cities. */
function BannersOverATable({
  onDetails,
  ...stage
}: Omit<StageProps, 'children'> & { onDetails?: (taskId: string) => void }) {
  return (
    <Stage {...stage}>
      <TaskBanners resource="cities" ids={ids} {...(onDetails && { onDetails })} />
      <table className="story-table">
        <tbody>
          {rows.map((key) => (
            <tr key={key}>
              <td>
                <LockBadge record={key} />
              </td>
              <td>{cityName(key)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Stage>
  );
}

const meta = {
  title: 'Components/TaskBanner',
  component: BannersOverATable,
  args: { onDetails: fn() },
} satisfies Meta<typeof BannersOverATable>;

export default meta;
type Story = StoryObj<typeof meta>;

/** The text changes at most once a second. The rows carry a ring, and no words. */
export const Live: Story = {
  args: { move: (server) => keepWorking(server, 'Normalise names', rows.slice(2, 9)) },
};

export const One: Story = {
  args: {
    set: (server) =>
      void server.startTask({
        label: 'Normalise names · France',
        actor: bo,
        records: rows.slice(2, 9),
        progress: { done: 42, total: 100, etaMs: 15_000 },
      }),
  },
  play: async ({ args, canvas, userEvent }) => {
    await expect(await canvas.findByText('42 %')).toBeVisible();
    await userEvent.click(canvas.getByRole('button', { name: 'Details of Normalise names · France' }));
    await expect(args.onDetails).toHaveBeenCalledWith('task-1');
  },
};

export const Own: Story = {
  args: {
    set: (server) =>
      void server.startTask({
        label: 'Set time zone',
        actor: ann,
        records: rows.slice(0, 1),
        progress: { done: 3, total: null },
      }),
  },
};

/** Further tasks share one line. */
export const TooMany: Story = {
  args: {
    set: (server) => {
      const actors = [ann, bo, cleo];
      for (const [index, key] of rows.slice(0, 6).entries())
        server.startTask({
          label: `Merge regions · part ${index + 1}`,
          actor: actors[index % 3]!,
          records: [key],
          progress: { done: index * 9, total: 60, etaMs: 90_000 },
        });
    },
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('3 more tasks are changing rows here')).toBeVisible();
  },
};

export const NoWorker: Story = {
  args: {
    set: (server) =>
      void server.startTask({
        label: 'Normalise names',
        actor: bo,
        records: rows.slice(2, 9),
        hasWorker: false,
        progress: { done: 42, total: 100 },
      }),
  },
};

export const VeryLongName: Story = {
  args: {
    set: (server) =>
      void server.startTask({
        label: LONG_LABEL,
        actor: { id: 'x', name: 'Wolfeschlegelsteinhausenbergerdorff the Elder' },
        records: rows.slice(0, 2),
        progress: { done: 1, total: 3, etaMs: 3_000_000 },
      }),
  },
};

/** The user may not watch the task. */
export const NotVisible: Story = {
  args: {
    set: (server) => {
      const { id } = server.startTask({ label: 'Payroll', actor: bo, records: rows.slice(0, 2) });
      server.sessions.revoke([id]);
    },
  },
};

/** The connection is lost: the progress is hatched, and no time is promised. */
export const Offline: Story = {
  args: { ...One.args, move: (_, transport) => after(100, () => transport.disconnect()) },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('42 %')).toBeVisible();
  },
};
