import { describe, expect, it } from 'vitest';
import { MemoryServer } from '../../testing/memoryServer.ts';
import { ann, bo, rows } from '../../testSupport/componentFixture.ts';
import { Editor } from '../../testSupport/Editor.tsx';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { LockBadge } from './LockBadge.tsx';

describe('LockBadge', () => {
  it('LockBadge keeps its place when its row is locked', async () => {
    const { screen, server } = await renderWithRowlock(
      <p>
        <LockBadge record="cities/0" />
        <LockBadge record="cities/0" size="full" />
        <b>Paris</b>
      </p>,
    );
    const left = () => screen.getByText('Paris', { exact: true }).element().getBoundingClientRect().left;
    const before = left();
    server.hold(rows(1), { actor: bo });
    await expect.element(screen.getByText('Bo Berg is editing')).toBeVisible();
    expect(left()).toBe(before);
  });
});

describe('a row that a paused task holds', () => {
  it('A paused task is shown as paused on the badge and in the dialog', async () => {
    const server = new MemoryServer();
    server.startTask({ label: 'Export', records: rows(1), actor: bo, state: 'queued', isPaused: true });
    const { screen } = await renderWithRowlock(
      <>
        <LockBadge record="cities/0" size="full" />
        <Editor wanted={1} />
      </>,
      { server },
    );
    await expect.element(screen.getByText('Paused · Export')).toBeVisible();
    await expect.element(screen.getByText(/^Paused: no task starts/).first()).toBeVisible();
  });
});

describe("this user's own other tab", () => {
  it('The badge and the dialog call the own other tab by its name', async () => {
    const server = new MemoryServer();
    server.hold(rows(1), { actor: ann, id: 'other-tab', label: 'Edit Paris' });
    const { screen } = await renderWithRowlock(
      <>
        <LockBadge record="cities/0" size="full" />
        <Editor wanted={1} />
      </>,
      { server },
    );
    await expect.element(screen.getByText('You, in another tab')).toBeVisible();
    await expect.element(screen.getByText('You are editing in another tab')).toBeVisible();
  });
});
