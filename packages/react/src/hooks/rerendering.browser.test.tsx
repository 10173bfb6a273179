import type { Actor } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { render } from 'vitest-browser-react';
import { createRowlockClient } from '../core/client.ts';
import { MemoryServer } from '../testing/memoryServer.ts';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { useRenderCount } from '../testSupport/useRenderCount.ts';
import { RowlockProvider } from './RowlockProvider.tsx';
import { useRecordLock } from './useRecordLock.ts';
import { useRowlock } from './useRowlock.ts';
import { useTask } from './useTask.ts';
import { useTasks } from './useTasks.ts';

const bo: Actor = { id: 'bo', name: 'Bo' };

interface Counted {
  counts: Record<string, number>;
}

function Row({ id, counts }: Counted & { id: number }) {
  useRenderCount(counts, `row ${id}`);
  return <li>{`row ${id}: ${useRecordLock('cities', id).kind}`}</li>;
}

function Task({ id, counts }: Counted & { id: string }) {
  useRenderCount(counts, `task ${id}`);
  return <li>{`task ${id}: ${useTask(id).task?.progress.done}`}</li>;
}

function Connection({ counts }: Counted) {
  useRenderCount(counts, 'connection');
  return <li>{useRowlock().status}</li>;
}

function List({ counts }: Counted) {
  useRenderCount(counts, 'list');
  return <li>{`list: ${useTasks().tasks.length}`}</li>;
}

describe('re-rendering', () => {
  it('A change renders only the row, the task and the list that show it', async () => {
    const counts: Record<string, number> = {};
    const server = new MemoryServer();
    server.startTask({ id: 'a', label: 'A', progress: { done: 1, total: 9 } });
    server.startTask({ id: 'b', label: 'B', progress: { done: 1, total: 9 } });
    const client = createRowlockClient({ transport: createMemoryTransport({ server }), storage: null });
    const screen = await render(
      <RowlockProvider client={client}>
        <Row id={1} counts={counts} />
        <Row id={2} counts={counts} />
        <Task id="a" counts={counts} />
        <Task id="b" counts={counts} />
        <Connection counts={counts} />
        <List counts={counts} />
      </RowlockProvider>,
    );
    await expect.element(screen.getByText('row 1: free')).toBeVisible();
    await expect.element(screen.getByText('task b: 1')).toBeVisible();
    const before = { ...counts };
    const grown = () => Object.keys(counts).filter((name) => counts[name]! > before[name]!);

    server.hold(['cities/1'], { actor: bo });
    await expect.element(screen.getByText('row 1: person')).toBeVisible();
    expect(grown()).toEqual(['row 1']);

    server.updateTask('b', { progress: { done: 2, total: 9 } });
    await expect.element(screen.getByText('task b: 2')).toBeVisible();
    expect(grown()).toEqual(['row 1', 'task b', 'list']);
  });
});
