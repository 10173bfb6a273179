/** The server in memory: what a tab watches. */
import { type AnswerParts, type Answers, Refusal } from './answerParts.ts';

/** A tab that watches all tasks gets this many at first, as from a real server */
const TASKS_AT_FIRST = 100;

export function createWatchAnswers({ limits, ledger }: AnswerParts): Answers<'watch' | 'unwatch'> {
  return {
    watch: (tab, { records = [], tasks = [], since }) => {
      if (tab.records.size + records.length > limits.watchedRecords) {
        throw new Refusal({
          code: 'too_many_records',
          message: 'This tab watches too many records. Unwatch some.',
        });
      }
      for (const key of records) tab.records.add(key);
      if (tasks === 'all') tab.watchesAllTasks = true;
      else for (const id of tasks) tab.tasks.add(id);
      const changed = since === undefined ? [] : ledger.changes.since(since, records);
      return ledger.viewOf(records, tasks === 'all' ? ledger.newestTasks(TASKS_AT_FIRST) : tasks, changed);
    },
    unwatch: (tab, { records = [], tasks = [] }) => {
      for (const key of records) tab.records.delete(key);
      if (tasks === 'all') tab.watchesAllTasks = false;
      else for (const id of tasks) tab.tasks.delete(id);
      return {};
    },
  };
}
