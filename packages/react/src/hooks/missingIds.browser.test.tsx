import { describe, expect, it } from 'vitest';
import { LockBadge } from '../components/LockBadge/LockBadge.tsx';
import type { MemoryServer } from '../testing/memoryServer.ts';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';
import type { MaybeId } from './missingId.ts';
import { useRecordLock } from './useRecordLock.ts';
import { useTask } from './useTask.ts';
import { type TaskLock, useTaskLock } from './useTaskLock.ts';

const MISSING: [MaybeId][] = [[undefined], [null], [''], [Number.NaN]];

interface FormProps {
  ids: readonly MaybeId[];
  seen?: { lock?: TaskLock<number | string> };
}

function Form({ ids, seen }: FormProps) {
  const lock = useTaskLock([...ids], { resource: 'cities', hold: true });
  if (seen) seen.lock = lock;
  return <output>{`${lock.status} ${lock.isStale ? 'stale' : 'certain'}`}</output>;
}

const Row = ({ id }: { id: MaybeId }) => {
  const { kind, isStale } = useRecordLock('cities', id);
  return <output>{`row ${kind} ${isStale ? 'stale' : 'certain'}`}</output>;
};

const Task = ({ id }: { id: string | null | undefined }) => (
  <output>{`task ${useTask(id).isMissing}`}</output>
);

const sentTo = (server: MemoryServer) =>
  server.received.map(({ name }) => name).filter((name) => name === 'acquire' || name === 'watch');

describe('a form for a new row', () => {
  it.each(MISSING)('A form whose id is %s locks nothing, so that it blocks no other new row', async (id) => {
    const { screen, server } = await renderWithRowlock(<Form ids={[id]} />);
    await expect.element(screen.getByText('free certain')).toBeVisible();
    expect(sentTo(server)).toEqual([]);
  });

  it('A form holds its row as soon as it has an id', async () => {
    const { screen, server, rerender } = await renderWithRowlock(<Form ids={[undefined]} />);
    await expect.element(screen.getByText('free certain')).toBeVisible();
    await rerender(<Form ids={[7]} />);
    await expect.element(screen.getByText('held certain')).toBeVisible();
    expect(server.leasesOn('cities/7')).toHaveLength(1);
  });

  it('A form holds its rows with ids, and shows the others as free', async () => {
    const seen: { lock?: TaskLock<number | string> } = {};
    const { screen, server } = await renderWithRowlock(<Form ids={[1, Number.NaN, '2', null]} seen={seen} />);
    await expect.element(screen.getByText('held certain')).toBeVisible();
    expect(server.leasesOn('cities/2')).toHaveLength(1);
    expect(seen.lock?.availableIds).toEqual([1, '2']);
    expect([seen.lock?.isBlocked(null), seen.lock?.getLock(Number.NaN).kind]).toEqual([false, 'free']);
  });
});

describe('a row without an id', () => {
  it.each(MISSING)('A row with the id %s is shown as free, and is not watched', async (id) => {
    const { screen, server } = await renderWithRowlock(<Row id={id} />);
    await expect.element(screen.getByText('row free certain')).toBeVisible();
    expect(sentTo(server)).toEqual([]);
  });

  it.each([[undefined], [null]])('A row with the key %s has an empty badge', async (record) => {
    const { screen } = await renderWithRowlock(<LockBadge record={record} size="full" />);
    expect(screen.container.querySelector('.rowlock-badge')?.textContent).toBe('');
    expect(screen.container.querySelector('[role=img]')).toBeNull();
  });
});

describe('a task without an id', () => {
  it.each([[undefined], [null], ['']])('A task with the id %s is not watched', async (id) => {
    const { screen, server } = await renderWithRowlock(<Task id={id} />);
    await expect.element(screen.getByText(/^task/)).toBeVisible();
    expect(sentTo(server)).toEqual([]);
  });
});
