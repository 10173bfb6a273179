/** The server in memory: what a tab asks of tasks. */
import { isFinal } from '@rowlock/protocol';
import { Refusal } from '../refusal.ts';
import type { AnswerParts, Answers } from './answerParts.ts';

export function createTaskAnswers({
  ledger,
  permissions,
  assertResources,
  updateTask,
}: AnswerParts): Answers<'listTasks' | 'cancel'> {
  return {
    listTasks: ({ actor }, { record, limit, after, ...filter }) => {
      if (record !== undefined) {
        assertResources([record]);
        permissions.require({ actor, action: 'watch', records: [record] });
      }
      const older = ledger
        .listTasks(filter, actor)
        .filter(({ launchOrder }) => after === undefined || launchOrder < Number(after))
        .filter(({ leaseId }) => record === undefined || ledger.leases.get(leaseId)?.records.has(record));
      const tasks = older.slice(0, limit);
      return older.length > limit ? { tasks, next: String(tasks.at(-1)!.launchOrder) } : { tasks };
    },

    cancel: ({ actor }, { taskId }) => {
      const task = ledger.tasks.get(taskId);
      if (!task) throw new Refusal({ code: 'not_found', message: `There is no task ${taskId}.` });
      permissions.require({ actor, action: 'cancel', task });
      return { task: isFinal(task.state) ? task : updateTask(taskId, { cancelRequested: true }) };
    },
  };
}
