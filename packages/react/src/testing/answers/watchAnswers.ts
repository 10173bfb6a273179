/** The server in memory: what a tab watches. */
import { Refusal } from '../refusal.ts';
import type { AnswerParts, Answers } from './answerParts.ts';

/** A tab that watches all tasks gets this many at first, as from a real server */
const TASKS_AT_FIRST = 100;

export function createWatchAnswers({
  limits,
  ledger,
  permissions,
  assertResources,
}: AnswerParts): Answers<'watch' | 'unwatch'> {
  return {
    watch: (tab, { records, tasks, since }) => {
      assertResources(records);
      const added = records.filter((key) => !tab.records.has(key));
      if (tab.records.size + added.length > limits.watchedRecords) {
        throw new Refusal({
          code: 'too_many_records',
          message: 'This tab watches too many records. Unwatch some.',
        });
      }
      if (tasks !== 'all' && tab.tasks.size + tasks.length > limits.watchedTasks) {
        throw new Refusal({
          code: 'rate_limited',
          message: "This tab watches too many tasks by their ids. Unwatch some, or watch 'all'.",
        });
      }
      if (records.length > 0) permissions.require({ actor: tab.actor, action: 'watch', records });
      for (const key of records) tab.records.add(key);
      if (tasks === 'all') tab.watchesAllTasks = true;
      else for (const id of tasks) tab.tasks.add(id);
      const changed = since === undefined ? [] : ledger.changes.since(since, records);
      const named = tasks === 'all' ? ledger.newestTasks(TASKS_AT_FIRST, tab.actor) : tasks;
      return ledger.viewOf(tab, { records, tasks: named, changed });
    },
    unwatch: (tab, { records, tasks }) => {
      for (const key of records) tab.records.delete(key);
      if (tasks === 'all') tab.watchesAllTasks = false;
      else for (const id of tasks) tab.tasks.delete(id);
      return {};
    },
  };
}
