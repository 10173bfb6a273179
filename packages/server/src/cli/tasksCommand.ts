/** `rowlock tasks`: what runs, waits and has ended. */
import { isFinal, type TaskState, type TaskView } from '@rowlock/protocol';
import { Command, Option } from 'commander';
import { createTaskStore, type TaskStore } from '../tasks/taskStore.ts';
import { EXIT_CODES_IN_WORDS } from './exitCodes.ts';
import { type ConnectionOptions, jsonOption, limitOption, withConnection } from './options.ts';
import { withSession } from './session.ts';
import { age, table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { terminalLogger } from './terminalLogger.ts';

const STATES: readonly TaskState[] = [
  'waiting',
  'queued',
  'running',
  'retrying',
  'completed',
  'failed',
  'cancelled',
];

interface TasksFlags extends ConnectionOptions {
  state?: TaskState[];
  name?: string;
  text?: string;
  limit: number;
  json?: true;
}

export function tasksCommand(terminal: Terminal): Command {
  return withConnection(new Command('tasks'))
    .summary('list tasks: what runs, waits and has ended')
    .description('Lists tasks, newest first.')
    .addOption(new Option('--state <state...>', 'only in one of these states').choices(STATES))
    .option('--name <name>', 'only of the definition of this name')
    .option('--text <text>', 'only with this text in label, name, id or error')
    .addOption(limitOption(1_000))
    .addOption(jsonOption())
    .addHelpText('after', EXIT_CODES_IN_WORDS)
    .action((flags: TasksFlags) =>
      withSession({ ...flags, logger: terminalLogger(terminal) }, async ({ redis, keys, nowMs }) => {
        const tasks = await list(createTaskStore(redis, keys), flags);
        if (flags.json) terminal.print(JSON.stringify(tasks, null, 2));
        else if (tasks.length === 0) terminal.say('No task is known that matches.');
        else for (const line of taskTable(tasks, await nowMs())) terminal.print(line);
      }),
    );
}

/** Tasks that are looked through; no more are kept by default. */
const MAX_SEARCHED = 10_000;

async function list(store: TaskStore, { state, name, text, limit }: TasksFlags): Promise<TaskView[]> {
  const needle = text?.toLowerCase();
  const isWanted = (task: TaskView) =>
    (state?.includes(task.state) ?? true) &&
    (name === undefined || task.name === name) &&
    (needle === undefined ||
      [task.label, task.name, task.id, task.error ?? ''].some((words) =>
        words.toLowerCase().includes(needle),
      ));
  return (await store.list(MAX_SEARCHED)).filter(isWanted).slice(0, limit);
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

function stateInWords({ state, attended, cancelRequested, place }: TaskView): string {
  if (isFinal(state)) return state;
  const also = [
    place !== undefined && `place ${place}`,
    cancelRequested && 'to be cancelled',
    !attended && 'unattended',
  ].filter((words) => words !== false);
  return [state, ...also].join(', ');
}

const progressInWords = ({ progress: { done, total } }: TaskView): string =>
  total === null ? String(done) : `${done} of ${total}`;
