import { describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { createTaskPolling } from '../../core/taskPolling.ts';
import { createGermanMessages } from '../../messages/german/germanMessages.ts';
import { MemoryServer } from '../../testing/memoryServer.ts';
import { expectAccessible } from '../../testSupport/axe.ts';
import { ann, bo } from '../../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { TaskDashboard, type TaskDashboardProps } from './TaskDashboard.tsx';

function createServer() {
  const server = new MemoryServer();
  server.startTask({
    label: 'Old export',
    name: 'export',
    actor: ann,
    state: 'completed',
    endedAt: Date.now(),
  });
  server.startTask({
    id: 'run',
    label: 'Rename',
    name: 'rename',
    actor: bo,
    progress: { done: 42, total: 100 },
  });
  server.startTask({ label: 'Import', name: 'import', actor: ann, state: 'queued' });
  server.startTask({
    label: 'Broken',
    name: 'import',
    actor: bo,
    state: 'failed',
    error: 'Disk full',
    endedAt: Date.now(),
  });
  return server;
}

const renderDashboard = (server: MemoryServer, props: TaskDashboardProps = {}) =>
  renderWithRowlock(<TaskDashboard onOpenTask={() => {}} {...props} />, { server });

const getLabels = (container: Element) =>
  [...container.querySelectorAll('[data-task-row]')].map(({ textContent }) => textContent);

describe('TaskDashboard', () => {
  it('Running tasks come first, with their progress; ended ones say how they ended', async () => {
    const { screen } = await renderDashboard(createServer());
    await expect.element(screen.getByText('42 %')).toBeVisible();
    expect(getLabels(screen.container)).toEqual(['Rename', 'Import', 'Broken', 'Old export']);
    await expect.element(screen.getByText('Failed before it changed a row')).toBeVisible();
    await expect.element(screen.getByRole('img', { name: '2 tasks ended in the last 30 min' })).toBeVisible();
    await expect.element(screen.getByText('Import · just now')).toBeVisible();
  });

  it('Filters by state, kind, owner and text work together, and can be cleared', async () => {
    const { screen } = await renderDashboard(createServer());
    await expect.element(screen.getByText('Old export')).toBeVisible();
    await screen.getByRole('combobox', { name: 'State' }).selectOptions('Open');
    await expect.poll(() => getLabels(screen.container)).toEqual(['Rename', 'Import']);
    await screen.getByRole('checkbox', { name: 'Mine' }).click();
    await expect.poll(() => getLabels(screen.container)).toEqual(['Import']);
    await screen.getByRole('searchbox', { name: 'Search tasks' }).fill('nothing');
    await expect.element(screen.getByText(/^No task matches these filters/)).toBeVisible();
    await screen.getByRole('button', { name: 'Clear filters' }).click();
    await expect.poll(() => getLabels(screen.container)).toHaveLength(4);
    await screen.getByRole('combobox', { name: 'Kind of task' }).selectOptions('export');
    await expect.poll(() => getLabels(screen.container)).toEqual(['Old export']);
  });

  it('All rows are one Tab stop, and the arrow keys move between them', async () => {
    const onOpenTask = vi.fn();
    const { screen } = await renderDashboard(createServer(), { onOpenTask });
    await expect.element(screen.getByRole('button', { name: 'Open Rename' })).toBeVisible();
    await screen.getByRole('checkbox', { name: 'Mine' }).element().focus();
    await userEvent.keyboard('{Tab}');
    await expect.element(screen.getByRole('button', { name: 'Open Rename' })).toHaveFocus();
    await userEvent.keyboard('{ArrowDown}{Enter}');
    expect(onOpenTask).toHaveBeenCalledTimes(1);
    await userEvent.keyboard('{End}');
    await expect.element(screen.getByRole('button', { name: 'Open Old export' })).toHaveFocus();
  });

  it('Older tasks are shown page by page', async () => {
    const server = new MemoryServer();
    for (let index = 0; index < 130; index += 1)
      server.startTask({ label: `Task ${index}`, state: 'completed' });
    const { screen } = await renderDashboard(server);
    await screen.getByRole('button', { name: 'Show older tasks' }).click();
    await expect.poll(() => getLabels(screen.container)).toHaveLength(130);
    await expect.element(screen.getByRole('button', { name: 'Show older tasks' })).not.toBeInTheDocument();
  });

  it('An empty list, a refusal and a lost connection are said in words', async () => {
    const { screen, transport, server } = await renderDashboard(new MemoryServer());
    await expect.element(screen.getByText('There are no tasks yet.')).toBeVisible();
    server.startTask({ label: 'Export' });
    await expect.element(screen.getByText('Export')).toBeVisible();
    transport.disconnect();
    await expect.element(screen.getByText(/^This may be out of date/)).toBeVisible();
    await screen.unmount();
    const refusing = new MemoryServer();
    refusing.refuse('watch', { code: 'forbidden', message: 'You may not see the tasks.' });
    const refused = await renderDashboard(refusing);
    await expect.element(refused.screen.getByRole('alert')).toHaveTextContent('You may not see the tasks.');
  });

  it('Over the REST routes it shows the same, without the live channel', async () => {
    const server = createServer();
    const source = createTaskPolling({ fetch: server.createFetch(() => ann), everyMs: 200 });
    const { screen, transport } = await renderDashboard(server, { source });
    transport.disconnect();
    await expect.element(screen.getByText('42 %')).toBeVisible();
    server.updateTask('run', { progress: { done: 60, total: 100 } });
    await expect.element(screen.getByText('60 %')).toBeVisible();
    expect(server.received.filter(({ name }) => name === 'listTasks')).toEqual([]);
  });

  it.each(['light', 'dark'])('It is accessible in %s, in German too', async (theme) => {
    document.documentElement.dataset.theme = theme;
    document.body.style.background = 'var(--rowlock-surface)';
    const { screen } = await renderWithRowlock(<TaskDashboard onOpenTask={() => {}} />, {
      server: createServer(),
      messages: createGermanMessages(),
    });
    await expect.element(screen.getByText('Wartet am längsten')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Rename öffnen' })).toBeVisible();
    await expectAccessible(screen.container);
    delete document.documentElement.dataset.theme;
    document.body.style.background = '';
  });
});
