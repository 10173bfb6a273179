import { until } from '@rowlock/test-utils';
import { expect, it } from 'vitest';
import { handClock } from '../../../test/fixtures/handClock.ts';
import { createConsumers } from '../../changeLog/consumers.ts';
import type { TaskQueue } from '../store/queue.ts';
import type { StoredJobs } from '../store/storedJobs.ts';
import type { WaitingStore } from '../store/waitingStore.ts';
import { createWaitingTasks } from './waitingTasks.ts';

/** Of the tasks `1` to `count` that wait, each fails that `failing` has when it is advanced. */
function startTender(count: number, failing: Set<string>) {
  const clock = handClock();
  const warned: string[] = [];
  const taskIds = Array.from({ length: count }, (_, i) => String(i + 1));
  let rounds = 0;
  let tended: string[] = [];
  const store: Pick<WaitingStore, 'startRound' | 'advance'> = {
    startRound: async () => ({ begun: String(++rounds), taskIds }),
    async advance(taskId) {
      tended.push(taskId);
      if (failing.has(taskId)) throw new Error(`of ${taskId}`);
      return 'waiting';
    },
  };
  const waitingTasks = createWaitingTasks({
    store: store as WaitingStore,
    jobs: {} as StoredJobs,
    queue: {} as TaskQueue,
    clock,
    logger: { info() {}, warn: (message, error) => warned.push(`${message} · ${error}`), error() {} },
    log: createConsumers(),
  });
  waitingTasks.start();
  return {
    clock,
    warned,
    taskIds,
    /** The tasks that were advanced since the last call, once all were */
    async roundOfAll() {
      await until(() => tended.length === count);
      const seen = tended;
      tended = [];
      // Work after the last answer of a round is done when the next round may start.
      await new Promise(setImmediate);
      return seen;
    },
  };
}

it('a round advances all other tasks if some fail in each round, and logs it once', async () => {
  const failing = new Set(['1', '2', '30']);
  const { clock, warned, taskIds, roundOfAll } = startTender(50, failing);
  const once = ['3 of 50 waiting tasks cannot be advanced. This is retried every second · Error: of 1'];
  for (let round = 0; round < 12; round++) {
    expect(await roundOfAll()).toEqual(taskIds);
    expect(warned).toEqual(once);
    clock.turn(1_000);
  }
});

it('a round logs failing tasks again after a round without failures', async () => {
  const failing = new Set(['2']);
  const { clock, warned, roundOfAll } = startTender(3, failing);
  await roundOfAll();
  failing.delete('2');
  clock.turn(1_000);
  await roundOfAll();
  failing.add('3');
  clock.turn(1_000);
  await roundOfAll();
  expect(warned.map((line) => line.split(' · ')[1])).toEqual(['Error: of 2', 'Error: of 3']);
});
