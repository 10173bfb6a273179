/** The server in memory: lists of tasks, page by page. */
import type { AnswerParts, Answers } from './answerParts.ts';

export const createTaskListAnswers = ({
  ledger,
  permissions,
  assertResources,
}: AnswerParts): Answers<'listTasks'> => ({
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
});
