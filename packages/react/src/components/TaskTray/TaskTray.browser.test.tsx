import type { TaskView } from '@rowlock/protocol';
import { describe, expect, it, vi } from 'vitest';
import type { StorageArea } from '../../core/leaseStorage.ts';
import { noteLeftOut } from '../../core/leftOut.ts';
import { MemoryServer } from '../../testing/memoryServer.ts';
import { expectAccessible } from '../../testSupport/axe.ts';
import { ann, bo, rows } from '../../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { TaskTray, type TaskTrayProps } from './TaskTray.tsx';

const renderTray = (server: MemoryServer, props: TaskTrayProps = {}) =>
  renderWithRowlock(<TaskTray storage={null} {...props} />, { server });

/** The tray shows a task of Ann that then ends. */
async function renderEnded(end: (server: MemoryServer) => void, props: TaskTrayProps = {}, id = 'a') {
  const server = new MemoryServer();
  server.startTask({
    id,
    label: 'Export',
    actor: ann,
    records: rows(8),
    progress: { done: 3, total: 8 },
  });
  const rendered = await renderTray(server, props);
  await expect.element(rendered.screen.getByText('1 task running')).toBeVisible();
  end(server);
  return rendered;
}

describe('TaskTray', () => {
  it('The tray leaves old tasks out, and keeps tasks that end in sight until they are dismissed', async () => {
    const server = new MemoryServer();
    server.startTask({ label: 'Long ago', state: 'completed' });
    const { id } = server.startTask({ label: 'Export', actor: ann, progress: { done: 1, total: 2 } });
    const { screen } = await renderTray(server);
    await expect.element(screen.getByText('1 task running')).toBeVisible();
    await expect.element(screen.getByText('Long ago')).not.toBeInTheDocument();
    server.endTask(id, 'failed', 'Disk full');
    await expect.element(screen.getByText('1 task finished')).toBeVisible();
    await screen.getByRole('button', { name: 'Dismiss Export' }).click();
    await expect.element(screen.getByRole('region')).not.toBeInTheDocument();
  });

  it('The tasks of others are one line, which shows them on demand', async () => {
    const server = new MemoryServer();
    server.startTask({ label: 'Mine', actor: ann, hasWorker: false, progress: { done: 1, total: 2 } });
    server.startTask({ label: 'Theirs', actor: bo, state: 'queued', progress: { done: 0, total: null } });
    const { screen } = await renderTray(server);
    await expect.element(screen.getByText('1 task waiting')).toBeVisible();
    await expect.element(screen.getByText('Theirs')).not.toBeInTheDocument();
    await screen.getByRole('button', { name: '1 task of somebody else' }).click();
    await expect.element(screen.getByText('Bo Berg · Waiting to start')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Cancel Theirs' })).not.toBeInTheDocument();
  });

  it('Many finished tasks are folded, and can be cleared together', async () => {
    const server = new MemoryServer();
    for (let index = 1; index <= 5; index += 1) server.startTask({ label: `Task ${index}`, actor: ann });
    const { screen } = await renderTray(server);
    await expect.element(screen.getByText('5 tasks running')).toBeVisible();
    for (let index = 1; index <= 5; index += 1) server.endTask(`task-${index}`);
    await expect.element(screen.getByText('5 tasks finished')).toBeVisible();
    await screen.getByRole('button', { name: '2 more finished' }).click();
    await expect.element(screen.getByText('Task 1')).toBeVisible();
    await screen.getByRole('button', { name: 'Clear finished' }).click();
    await expect.element(screen.getByRole('region')).not.toBeInTheDocument();
  });

  it('The tray survives a reload', async () => {
    const content = new Map<string, string>();
    const storage: StorageArea = {
      getItem: (name) => content.get(name) ?? null,
      setItem: (name, value) => void content.set(name, value),
    };
    const server = new MemoryServer();
    server.startTask({ id: 'a', label: 'Export', actor: ann, records: rows(2) });
    const before = await renderTray(server, { storage });
    await expect.element(before.screen.getByText('1 task running')).toBeVisible();
    await before.screen.unmount();
    server.endTask('a');
    const after = await renderTray(server, { storage });
    await expect.element(after.screen.getByText('1 task finished')).toBeVisible();
    await expect.element(after.screen.getByText('2 rows changed')).toBeVisible();
  });
});

describe('a cancel in the tray', () => {
  it('It can be undone, says that the task continues until it is sent, and keeps the focus', async () => {
    const server = new MemoryServer();
    server.startTask({ id: 'a', label: 'Export', actor: ann });
    const { screen } = await renderTray(server);
    await screen.getByRole('button', { name: 'Cancel Export' }).click();
    await expect.element(screen.getByText('Is cancelled in 5 s. It runs until then.')).toBeVisible();
    const undo = screen.getByRole('button', { name: 'Undo the cancel of Export' });
    await expect.element(undo).toHaveFocus();
    await undo.click();
    await expect.element(screen.getByRole('button', { name: 'Cancel Export' })).toHaveFocus();
    expect(server.received.filter(({ name }) => name === 'cancel')).toEqual([]);
  });

  it('It is sent when the page is left', async () => {
    const server = new MemoryServer();
    server.startTask({ id: 'a', label: 'Export', actor: ann });
    const { screen } = await renderTray(server);
    await screen.getByRole('button', { name: 'Cancel Export' }).click();
    await expect.element(screen.getByText(/^Is cancelled in 5 s/)).toBeVisible();
    window.dispatchEvent(new Event('pagehide'));
    await vi.waitFor(() => expect(server.task('a')?.cancelRequested).toBe(true));
  });

  it('The application decides who may cancel', async () => {
    const server = new MemoryServer();
    server.startTask({ label: 'Mine', actor: ann });
    const { screen } = await renderTray(server, { canCancel: () => false });
    await expect.element(screen.getByText('Mine')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Cancel Mine' })).not.toBeInTheDocument();
  });
});

describe('the outcome of a task in the tray', () => {
  it('A cancelled task says how many rows stay changed', async () => {
    const { screen } = await renderEnded((server) => void server.endTask('a', 'cancelled'));
    await expect.element(screen.getByText('Cancelled after 3 of 8 rows; those stay changed')).toBeVisible();
  });

  it('Failed rows have names and reasons, and are retried alone', async () => {
    const { screen, server } = await renderEnded(
      (server) => {
        server.failRecords('a', ['cities/1', 'cities/2'], 'ERR_STALE');
        server.endTask('a');
      },
      {
        recordLabel: (key) => (key === 'cities/1' ? 'Liège' : 'Gent'),
        explainError: (error) =>
          error === 'ERR_STALE' ? 'It was changed by another task meanwhile.' : undefined,
      },
    );
    await expect.element(screen.getByText('6 rows changed · 2 failed')).toBeVisible();
    await screen.getByText('2 rows failed').click();
    await expect.element(screen.getByText('Liège')).toBeVisible();
    await expect.element(screen.getByText('It was changed by another task meanwhile.').first()).toBeVisible();
    await screen.getByRole('button', { name: 'Retry failed rows of Export' }).click();
    await vi.waitFor(() => expect(server.leasesOn('cities/1')).toHaveLength(1));
    expect(server.leasesOn('cities/3')).toEqual([]);
  });

  it('Rows that the launch left out are named, and can be done when they are free', async () => {
    noteLeftOut('partial', ['cities/9']);
    const onDoWhenFree = vi.fn();
    const { screen } = await renderEnded(
      (server) => void server.endTask('partial'),
      { recordLabel: () => 'Liège', onDoWhenFree },
      'partial',
    );
    await expect.element(screen.getByText('8 rows changed · 1 left out: Liège')).toBeVisible();
    await screen.getByRole('button', { name: 'Do it when free' }).click();
    expect(onDoWhenFree).toHaveBeenCalledWith(expect.objectContaining({ id: 'partial' }), ['cities/9']);
  });

  it('A long error is folded under Details, and an explained one too', async () => {
    const trace = `TypeError: cannot read name\n    at rename (rename.ts:7)`;
    const { screen } = await renderEnded((server) => void server.endTask('a', 'failed', trace), {
      explainError: () => 'A name is empty.',
    });
    await expect.element(screen.getByText('A name is empty.')).toBeVisible();
    await expect.element(screen.getByText(/TypeError/)).not.toBeVisible();
    await screen.getByText('Details').click();
    await expect.element(screen.getByText(/TypeError/)).toBeVisible();
  });

  it('An export offers its result', async () => {
    const { screen } = await renderEnded(
      (server) => {
        server.updateTask('a', { result: { url: '/export.csv' } });
        server.endTask('a');
      },
      {
        readsOnly: () => true,
        renderResult: ({ result }: TaskView) => <a href={(result as { url: string }).url}>Open the file</a>,
      },
    );
    await expect.element(screen.getByText('8 rows read')).toBeVisible();
    await expect
      .element(screen.getByRole('link', { name: 'Open the file' }))
      .toHaveAttribute('href', '/export.csv');
  });
});

describe('the place of the tray', () => {
  it('In the corner it publishes the height that it covers', async () => {
    const server = new MemoryServer();
    server.startTask({ label: 'Mine', actor: ann });
    const { screen } = await renderTray(server, { placement: 'corner' });
    await expect.element(screen.getByText('Mine')).toBeVisible();
    const { style } = document.documentElement;
    await expect.poll(() => style.getPropertyValue('--rowlock-tray-height')).toMatch(/^[1-9]\d+px$/);
    await screen.unmount();
    expect(style.getPropertyValue('--rowlock-tray-height')).toBe('');
  });

  it.each(['light', 'dark'])('All parts of the tray are accessible in %s', async (theme) => {
    document.documentElement.dataset.theme = theme;
    document.body.style.background = 'var(--rowlock-surface)';
    const { screen } = await renderEnded((server) => {
      server.startTask({ label: 'Import', actor: ann });
      server.startTask({ label: 'Theirs', actor: bo });
      server.failRecords('a', ['cities/1']);
      server.endTask('a', 'failed', 'Line 1\nLine 2');
    });
    await screen.getByText('1 row failed').click();
    await screen.getByRole('button', { name: '1 task of somebody else' }).click();
    await expect.element(screen.getByText('It could not be changed.')).toBeVisible();
    await expectAccessible(screen.container);
    delete document.documentElement.dataset.theme;
    document.body.style.background = '';
  });
});
