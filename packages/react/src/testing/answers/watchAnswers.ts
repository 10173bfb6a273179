/** The server in memory: what a tab watches. */
import {
  type ParsedClientMessage,
  TASKS_AT_FIRST,
  type TaskFilter,
  taskFilterKey,
  wholeResource,
} from '@rowlock/protocol';
import { Refusal } from '../refusal.ts';
import type { AnswerParts, Answers } from './answerParts.ts';

export function createWatchAnswers({
  limits,
  ledger,
  views,
  presence: isPresenceOn,
  permissions,
  assertResources,
  sendViewers,
}: AnswerParts): Answers<'watch' | 'unwatch'> {
  return {
    watch: (tab, { records, tasks, resources, presence, since }) => {
      const { ids, filter } = readTasks(tasks);
      const wholes = resources.map(wholeResource);
      assertResources([...records, ...presence, ...wholes]);
      const added = records.filter((key) => !tab.records.has(key));
      if (tab.records.size + added.length > limits.watchedRecords) {
        throw new Refusal({
          code: 'too_many_records',
          message: 'This tab watches too many records. Unwatch some.',
        });
      }
      if (tab.tasks.size + ids.filter((id) => !tab.tasks.has(id)).length > limits.watchedTasks) {
        throw new Refusal({
          code: 'rate_limited',
          message: 'This tab watches too many tasks by their ids. Unwatch some.',
        });
      }
      if (filter && !tab.taskFilters.has(filter.key) && tab.taskFilters.size >= limits.watchedTaskFilters) {
        throw new Refusal({
          code: 'rate_limited',
          message: 'This tab watches too many filters of tasks. Unwatch some.',
        });
      }
      if (new Set([...tab.presence, ...presence]).size > limits.presenceRecords) {
        throw new Refusal({
          code: 'too_many_records',
          message: 'This tab watches the viewers of too many records. Unwatch some.',
        });
      }
      const asked = [...new Set([...records, ...presence]), ...wholes];
      if (asked.length > 0) permissions.require({ actor: tab.actor, action: 'watch', records: asked });
      if (presence.length > 0 && !isPresenceOn) {
        throw new Refusal({
          code: 'forbidden',
          message:
            'Nobody may see who looks at a record here: presence is switched off. Watch without `presence`.',
        });
      }
      for (const key of records) tab.records.add(key);
      for (const id of ids) tab.tasks.add(id);
      for (const resource of resources) tab.resources.add(resource);
      const begun = presence.filter((key) => !tab.presence.has(key));
      for (const key of presence) tab.presence.add(key);
      sendViewers(begun, tab);
      if (filter) tab.taskFilters.set(filter.key, filter.of);
      const first = filter ? views.listTasks(filter.of, tab.actor).slice(0, TASKS_AT_FIRST) : [];
      const changed = since === undefined ? [] : ledger.changes.since(since, records);
      const named = [...ids, ...first.map(({ id }) => id)];
      return views.viewOf(tab, { records, tasks: named, resources, presence, changed });
    },

    unwatch: (tab, { records, tasks, resources, presence }) => {
      const { ids, filter } = readTasks(tasks);
      for (const key of records) tab.records.delete(key);
      for (const id of ids) tab.tasks.delete(id);
      for (const resource of resources) tab.resources.delete(resource);
      sendViewers(
        presence.filter((key) => tab.presence.delete(key)),
        tab,
      );
      if (filter) tab.taskFilters.delete(filter.key);
      return {};
    },
  };
}

function readTasks(tasks: ParsedClientMessage<'watch'>['tasks']): {
  ids: readonly string[];
  filter?: { key: string; of: TaskFilter };
} {
  if (Array.isArray(tasks)) return { ids: tasks };
  const of: TaskFilter = tasks === 'all' ? {} : tasks;
  return { ids: [], filter: { key: taskFilterKey(of), of } };
}
