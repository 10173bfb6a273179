/** Conflicts as people want to know them: with the task in the way, and how far it has come. */
import type { Conflict } from '@rowlock/protocol';
import type { TaskStore } from './taskStore.ts';

export type Explain = (conflicts: readonly Conflict[]) => Promise<Conflict[]>;

export const createExplain =
  (store: TaskStore): Explain =>
  async (conflicts) => {
    const ids = conflicts.flatMap(({ lease: { holder } }) => (holder.type === 'task' ? holder.id : []));
    const tasks = new Map((await store.getMany(ids)).map((task) => [task.id, task]));
    return conflicts.map((conflict) => {
      const task = tasks.get(conflict.lease.holder.id);
      return task ? { ...conflict, task } : conflict;
    });
  };
