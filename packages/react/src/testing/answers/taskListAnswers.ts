/** The server in memory: lists of tasks, page by page. */
import type { AnswerParts, Answers } from './answerParts.ts';

export const createTaskListAnswers = ({
  views,
  tasks,
  permissions,
  assertResources,
}: AnswerParts): Answers<'listTasks'> => ({
  listTasks: ({ actor }, { record, limit, after, ...filter }) => {
    if (record !== undefined) {
      assertResources([record]);
      permissions.require({ actor, action: 'watch', records: [record] });
    }
    const older = views
      .listTasks(filter, actor)
      .filter(({ launchOrder }) => after === undefined || launchOrder < Number(after))
      .filter((task) => record === undefined || tasks.concernsRecord(task, record));
    const page = older.slice(0, limit);
    return older.length > limit ? { tasks: page, next: String(page.at(-1)!.launchOrder) } : { tasks: page };
  },
});
