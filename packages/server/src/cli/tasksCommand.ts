/** `rowlock tasks`: what runs, waits and has ended. */
import {
  isFinal,
  isRecordKey,
  malformed,
  TASK_STATES,
  type TaskState,
  type TaskView,
} from '@rowlock/protocol';
import { Command, Option } from 'commander';
import { createAuditTrail } from '../locks/registry/auditTrail.ts';
import { createLockRegistry } from '../locks/registry/registry.ts';
import { createListTasks, type TaskPage } from '../tasks/read/taskList.ts';
import { createTaskStore } from '../tasks/store/taskStore.ts';
import { CliError, EXIT, EXIT_CODES_IN_WORDS } from './exitCodes.ts';
import { type OpenNamespace, withNamespace } from './openNamespace.ts';
import { type ConnectionOptions, jsonOption, limitOption, withConnection } from './options.ts';
import { age, table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { terminalLogger } from './terminalLogger.ts';

interface TasksFlags extends ConnectionOptions {
  state?: TaskState[];
  name?: string;
  tag?: string[];
  actor?: string;
  record?: string;
  text?: string;
  limit: number;
  json?: true;
}

export function tasksCommand(terminal: Terminal): Command {
  return withConnection(new Command('tasks'))
    .summary('list tasks: what runs, waits and has ended')
    .description('Lists tasks, newest first.')
    .addOption(new Option('--state <state...>', 'only in one of these states').choices(TASK_STATES))
    .option('--name <name>', 'only of the definition of this name')
    .option('--tag <tag...>', 'only with all of these tags')
    .option('--actor <id>', 'only tasks that this user has launched')
    .option('--record <key>', 'only tasks that hold this record, wait for it, or have held it')
    .option('--text <text>', 'only with this text in label, name, id, tags or error')
    .addOption(limitOption(1_000))
    .addOption(jsonOption())
    .addHelpText('after', EXIT_CODES_IN_WORDS)
    .action((flags: TasksFlags) =>
      withNamespace({ ...flags, logger: terminalLogger(terminal) }, async ({ redis, keys, nowMs }) => {
        const { tasks, next } = await list({ redis, keys }, flags);
        if (flags.json) terminal.print(JSON.stringify(tasks, null, 2));
        else if (tasks.length === 0) terminal.say('No task matches.');
        else for (const line of taskTable(tasks, await nowMs())) terminal.print(line);
        if (next !== undefined)
          terminal.say(`There are more than ${flags.limit}; --limit shows more of them.`);
      }),
    );
}

async function list(
  { redis, keys }: Pick<OpenNamespace, 'redis' | 'keys'>,
  { state, name, tag, actor, record, text, limit, namespace }: TasksFlags,
): Promise<TaskPage> {
  if (record !== undefined && !isRecordKey(record)) throw new CliError(EXIT.wrongUsage, malformed(record));
  const listTasks = createListTasks({
    redis,
    keys,
    store: createTaskStore(redis, keys),
    registry: createLockRegistry({ redis, namespace }),
    audit: createAuditTrail(redis, keys),
    // A user with access to Redis sees everything.
    permissions: { isGranted: async () => true },
  });
  return listTasks({
    limit,
    ...(state && { states: state }),
    ...(name !== undefined && { names: [name] }),
    ...(tag && { tags: tag }),
    ...(actor !== undefined && { actorId: actor }),
    ...(record !== undefined && { record }),
    ...(text !== undefined && { text }),
  });
}

function taskTable(tasks: readonly TaskView[], nowMs: number): string[] {
  return table(
    ['TASK', 'NAME', 'STATE', 'OF', 'AGE', 'RECORDS', 'PROGRESS', 'LABEL'],
    tasks.map((task) => [
      task.id,
      task.name,
      stateInWords(task),
      task.actor.name,
      age(nowMs, task.createdAt),
      String(task.recordCount),
      progressInWords(task),
      task.error ? `${task.label}: ${task.error}` : task.label,
    ]),
  );
}

function stateInWords({ state, hasWorker, isPaused, cancelRequested, position }: TaskView): string {
  if (isFinal(state)) return state;
  const also = [
    position !== undefined && `position ${position}`,
    cancelRequested && 'to be cancelled',
    isPaused === true && 'paused',
    !hasWorker && 'no-worker',
  ].filter((words) => words !== false);
  return [state, ...also].join(', ');
}

const progressInWords = ({ progress: { done, total } }: TaskView): string =>
  total === null ? String(done) : `${done} of ${total}`;
