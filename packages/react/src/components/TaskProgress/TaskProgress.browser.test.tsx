import type { TaskState, TaskView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { MemoryServer } from '../../testing/memoryServer.ts';
import { ann, bo, task } from '../../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { TaskProgress } from './TaskProgress.tsx';

describe('TaskProgress', () => {
  it('The bar never falls within an attempt, and restarts with the next', async () => {
    const bar = (attempt: number, done: number) => (
      <TaskProgress task={task('running', { id: 't', attempt, progress: { done, total: 100 } })} />
    );
    const { screen, rerender } = await renderWithRowlock(bar(1, 60));
    const now = screen.getByRole('progressbar');
    await expect.element(now).toHaveAttribute('aria-valuenow', '60');
    await rerender(bar(1, 20));
    await expect.element(now).toHaveAttribute('aria-valuenow', '60');
    await expect.element(screen.getByText('60 of 100')).toBeVisible();
    await rerender(bar(2, 20));
    await expect.element(now).toHaveAttribute('aria-valuenow', '20');
  });

  it('A cancelled task without a worker is shown as stopping', async () => {
    const bar = (cancelRequested: boolean) => (
      <TaskProgress
        task={task('running', { id: 't', label: 'Export', hasWorker: false, cancelRequested })}
        onCancel={() => {}}
      />
    );
    const { screen, rerender } = await renderWithRowlock(bar(false));
    const cancel = screen.getByRole('button', { name: 'Cancel Export' });
    await expect.element(cancel).toBeEnabled();
    await rerender(bar(true));
    await expect.element(cancel).toBeDisabled();
    await expect.element(screen.getByText(/^Stopping… No worker is running it/)).toBeVisible();
  });

  it('A task is shown as paused until its queue is resumed or somebody cancels it', async () => {
    const bar = (more: Partial<TaskView>) => (
      <TaskProgress task={task('queued', { id: 't', label: 'Export', ...more })} onCancel={() => {}} />
    );
    const { screen, rerender } = await renderWithRowlock(bar({ isPaused: true, hasWorker: false }));
    const words = screen.getByText('Paused: no task starts until the queue is resumed', { exact: true });
    await expect.element(words).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Cancel Export' })).toBeEnabled();
    await rerender(bar({}));
    await expect.element(words).not.toBeInTheDocument();
    await expect.element(screen.getByText('Waiting to start', { exact: true })).toBeVisible();
    await rerender(bar({ isPaused: true, cancelRequested: true }));
    await expect.element(screen.getByText('Stopping…', { exact: true })).toBeVisible();
  });

  it("TaskProgress announces the start, each quarter and the end of the user's task only", async () => {
    const said: string[] = [];
    const server = new MemoryServer();
    const at = (done: number, state: TaskState = 'running', actor = ann) => (
      <TaskProgress
        task={task(state, { id: actor.id, actor, label: 'Export', progress: { done, total: 100 } })}
      />
    );
    const { rerender } = await renderWithRowlock(at(0), { server, announce: (text) => said.push(text) });
    for (let done = 0; done < 100; done += 5) await rerender(at(done));
    await rerender(at(100, 'completed'));
    for (let done = 0; done < 100; done += 5) await rerender(at(done, 'running', bo));
    expect(said).toEqual([
      'Export: Running',
      'Export: 25 % done.',
      'Export: 50 % done.',
      'Export: 75 % done.',
      'Export: Done · 100 rows',
    ]);
  });
});
