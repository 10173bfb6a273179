import { recordKey } from '@rowlock/protocol';
import { LockBadge, RowlockProvider, TaskProgress, useTasks } from '@rowlock/react';
import { createRowlockClient } from '@rowlock/react/core';
import { memo } from 'react';
import { onPage } from './onPage.tsx';
import type { ProgressResult } from './results.ts';
import { untilTrue } from './untilTrue.ts';
import { startServerInWorker } from './workerTransport.ts';

const Row = memo(function Row({ id }: { id: number }) {
  return (
    <tr>
      <td>
        <LockBadge record={recordKey('cities', id)} size="full" />
      </td>
      <td>City {id}</td>
    </tr>
  );
});

function Bars() {
  const { tasks, isStale } = useTasks();
  return tasks.map((task) => <TaskProgress key={task.id} task={task} isStale={isStale} announce={false} />);
}

/** A page of rows and bars under a flood of progress, while somebody types into its search field. */
export async function measureProgress(size: {
  rows: number;
  bars: number;
  eventsPerSecond: number;
  forMs: number;
}): Promise<ProgressResult> {
  const server = startServerInWorker();
  const client = createRowlockClient({ transport: server.transport, storage: null });
  server.begin(size.bars, size.rows);
  const ids = Array.from({ length: size.rows }, (_, id) => id);
  const root = onPage(
    <RowlockProvider client={client}>
      <input aria-label="Search" />
      <Bars />
      <table>
        <tbody>
          {ids.map((id) => (
            <Row key={id} id={id} />
          ))}
        </tbody>
      </table>
    </RowlockProvider>,
  );
  const count = (selector: string) => document.querySelectorAll(selector).length;
  await untilTrue(
    'all rows and bars',
    () =>
      count('.rowlock-badge[data-kind="task"]') === size.rows && count('[role="progressbar"]') === size.bars,
  );
  const input = document.querySelector('input')!;
  input.focus();
  const watched = watchMainThread(input);
  const { events, tookMs } = await server.work(size.eventsPerSecond, size.forMs);
  const seen = watched.stop();
  root.unmount();
  server.stop();
  return { rows: size.rows, bars: size.bars, eventsPerSecond: (events * 1_000) / tookMs, ...seen };
}

/** Long tasks, and the delay of each key that the outside presses. */
function watchMainThread(input: HTMLInputElement) {
  const tasksMs: number[] = [];
  const delaysMs: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasksMs.push(duration);
  });
  observer.observe({ type: 'longtask' });
  const onKey = (event: KeyboardEvent) => delaysMs.push(performance.now() - event.timeStamp);
  input.addEventListener('keydown', onKey);
  return {
    stop() {
      for (const { duration } of observer.takeRecords()) tasksMs.push(duration);
      observer.disconnect();
      input.removeEventListener('keydown', onKey);
      return {
        longTasks: tasksMs.length,
        longestTaskMs: Math.max(0, ...tasksMs),
        inputDelayMaxMs: Math.max(0, ...delaysMs),
        keys: delaysMs.length,
      };
    },
  };
}
