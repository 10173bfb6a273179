import { describe, expect, it, vi } from 'vitest';
import { MemoryServer } from '../../testing/memoryServer.ts';
import { ann, bo } from '../../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { TaskTray } from './TaskTray.tsx';

describe('TaskTray', () => {
  it('The tray leaves old tasks out, and keeps tasks that end in sight until they are dismissed', async () => {
    const server = new MemoryServer();
    server.startTask({ label: 'Long ago', state: 'completed' });
    const { id } = server.startTask({ label: 'Export', actor: ann, progress: { done: 1, total: 2 } });
    const { screen } = await renderWithRowlock(<TaskTray />, { server });
    await expect.element(screen.getByText('1 task running')).toBeVisible();
    await expect.element(screen.getByText('Long ago')).not.toBeInTheDocument();
    server.endTask(id, 'failed', 'Disk full');
    await expect.element(screen.getByText('1 task finished')).toBeVisible();
    await screen.getByRole('button', { name: 'Dismiss Export' }).click();
    await expect.element(screen.getByRole('region')).not.toBeInTheDocument();
  });

  it('The tray names the actors of other tasks, and shows tasks without a worker as waiting', async () => {
    const server = new MemoryServer();
    server.startTask({ label: 'Mine', actor: ann, hasWorker: false, progress: { done: 1, total: 2 } });
    server.startTask({ label: 'Theirs', actor: bo, state: 'queued', progress: { done: 0, total: null } });
    const { screen } = await renderWithRowlock(<TaskTray />, { server });
    await expect.element(screen.getByText('2 tasks waiting')).toBeVisible();
    await expect.element(screen.getByText('Bo Berg · Waiting to start')).toBeVisible();
    await expect.element(screen.getByText(/Ann Lee/)).not.toBeInTheDocument();
  });

  it('The tray shows that a queue is paused', async () => {
    const server = new MemoryServer();
    server.startTask({ label: 'Export', actor: bo, state: 'queued', isPaused: true });
    const { screen } = await renderWithRowlock(<TaskTray />, { server });
    await expect.element(screen.getByText('1 task waiting')).toBeVisible();
    await expect.element(screen.getByText(/^Bo Berg · Paused: no task starts/)).toBeVisible();
  });

  it('The tray offers to cancel only the tasks of the user', async () => {
    const server = new MemoryServer();
    server.startTask({ id: 'own', label: 'Own', actor: ann });
    server.startTask({ label: 'Theirs', actor: bo });
    const { screen } = await renderWithRowlock(<TaskTray />, { server });
    await expect.element(screen.getByText('2 tasks running')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Cancel Theirs' })).not.toBeInTheDocument();
    await screen.getByRole('button', { name: 'Cancel Own' }).click();
    await vi.waitFor(() => expect(server.task('own')?.cancelRequested).toBe(true));
  });
});
