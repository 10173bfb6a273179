import { describe, expect, it, vi } from 'vitest';
import { createTaskPolling } from '../../core/taskPolling.ts';
import { MemoryServer } from '../../testing/memoryServer.ts';
import { expectAccessible } from '../../testSupport/axe.ts';
import { ann, bo, rows } from '../../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { TaskDetails, type TaskDetailsProps } from './TaskDetails.tsx';

function createServer() {
  const server = new MemoryServer();
  server.startTask({
    id: 'a',
    label: 'Normalise names',
    actor: ann,
    attempt: 2,
    records: rows(8),
    progress: {
      done: 3,
      total: 8,
      stage: 'Writing',
      stages: [
        { name: 'Reading', done: 8, total: 8 },
        { name: 'Writing', done: 3, total: 8 },
      ],
    },
  });
  server.writeLog('a', 'Read 8 rows');
  return server;
}

const renderDetails = (server: MemoryServer, props: Partial<TaskDetailsProps> = {}) =>
  renderWithRowlock(<TaskDetails taskId="a" {...props} />, { server });

describe('TaskDetails', () => {
  it('A running task shows progress, times, attempts, stages and its log', async () => {
    const { screen } = await renderDetails(createServer());
    await expect.element(screen.getByRole('heading', { name: 'Normalise names' })).toBeVisible();
    await expect.element(screen.getByText('Started by Ann Lee')).toBeVisible();
    await expect.element(screen.getByText('Read 8 rows')).toBeVisible();
    await expect
      .element(screen.getByRole('progressbar', { name: 'Writing' }))
      .toHaveAttribute('aria-valuenow', '3');
    await expect.element(screen.getByText('Attempts')).toBeVisible();
    await screen.getByRole('button', { name: 'Cancel Normalise names' }).click();
    await expect.element(screen.getByRole('button', { name: /^Undo/ })).toBeVisible();
  });

  it('An ended task shows its outcome and failed rows, and retries them', async () => {
    const server = createServer();
    server.failRecords('a', ['cities/1'], 'The name is empty.');
    server.endTask('a', 'failed', 'One row failed');
    const { screen } = await renderDetails(server, { recordLabel: () => 'Liège' });
    await expect.element(screen.getByText('Failed after 3 of 8 rows; those stay changed')).toBeVisible();
    await expect.element(screen.getByText('Liège')).toBeVisible();
    await expect.element(screen.getByText('The name is empty.')).toBeVisible();
    await screen.getByRole('button', { name: 'Retry failed rows of Normalise names' }).click();
    await vi.waitFor(() => expect(server.leasesOn('cities/1')).toHaveLength(1));
    expect(server.leasesOn('cities/2')).toEqual([]);
  });

  it('The tasks around it can be opened', async () => {
    const server = createServer();
    server.startTask({
      id: 'child',
      label: 'Part 1',
      actor: bo,
      parentId: 'a',
      progress: { done: 1, total: 2 },
    });
    server.startTask({ id: 'again', label: 'Again', actor: bo, retryOf: 'a' });
    const onOpenTask = vi.fn();
    const { screen, rerender } = await renderDetails(server, { onOpenTask });
    await screen.getByRole('button', { name: 'Part 1' }).click();
    expect(onOpenTask).toHaveBeenCalledWith('child');
    await rerender(<TaskDetails taskId="again" onOpenTask={onOpenTask} />);
    await screen.getByRole('button', { name: 'Normalise names' }).click();
    expect(onOpenTask).toHaveBeenCalledWith('a');
  });

  it('The input and the result are what the application renders', async () => {
    const server = createServer();
    server.endTask('a');
    const { screen } = await renderDetails(server, {
      renderInput: () => <code>country = FR</code>,
      renderResult: () => <a href="#file">Open the file</a>,
    });
    await expect.element(screen.getByText('country = FR')).toBeVisible();
    await expect.element(screen.getByRole('link', { name: 'Open the file' })).toBeVisible();
  });

  it('An unknown task is said to be unknown, live and over the REST routes', async () => {
    const server = new MemoryServer();
    const source = createTaskPolling({ fetch: server.createFetch(() => ann) });
    const { screen, rerender } = await renderDetails(server);
    await expect.element(screen.getByText(/^The server no longer knows this task/)).toBeVisible();
    await rerender(<TaskDetails taskId="b" source={source} />);
    await expect.element(screen.getByText(/^The server no longer knows this task/)).toBeVisible();
  });

  it.each(['light', 'dark'])('It is accessible in %s', async (theme) => {
    document.documentElement.dataset.theme = theme;
    document.body.style.background = 'var(--rowlock-surface)';
    const server = createServer();
    server.failRecords('a', ['cities/1']);
    const { screen } = await renderDetails(server);
    await expect.element(screen.getByText('It could not be changed.')).toBeVisible();
    await expect.element(screen.getByText('Read 8 rows')).toBeVisible();
    await expectAccessible(screen.container);
    delete document.documentElement.dataset.theme;
    document.body.style.background = '';
  });
});
