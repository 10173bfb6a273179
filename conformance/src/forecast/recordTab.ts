/** A tab that watches tasks and a part of their records, and writes down what it learns, and when. */
import { type Ack, CHANNEL_NAMESPACE, recordKey, type TaskView, type View } from '@rowlock/protocol';
import { io } from 'socket.io-client';

/** The watched records: so many, evenly over the order of the task. */
const WATCHED = 24;
/** How often the tab asks what is ahead of it, in ms. */
const ASK_MS = 5_000;

/** The news of one moment. Of a task only the fields that have changed. */
interface Step {
  atMs: number;
  records?: View['records'];
  tasks?: (Pick<TaskView, 'id'> & Partial<TaskView>)[];
  blockers?: unknown[];
}

export interface RecordedTab {
  doneOf(taskId: string): number | undefined;
  /** All watched records are free, and all tasks have ended */
  isOver(): boolean;
  /** The watched records, then one step a line, as JSON */
  toLines(): string;
  close(): void;
}

export async function recordTab(
  url: string,
  count: number,
  taskIds: readonly string[],
): Promise<RecordedTab> {
  const socket = io(url + CHANNEL_NAMESPACE, { transports: ['websocket'], forceNew: true });
  const watched = Array.from({ length: WATCHED }, (_, i) =>
    recordKey('cities', Math.floor(((i + 0.5) * count) / WATCHED)),
  );
  const steps: Step[] = [];
  const tasks = new Map<string, TaskView>();
  const leases = new Map<string, readonly string[]>();
  const request = (name: string, message: unknown) => socket.timeout(10_000).emitWithAck(name, message);

  function note({ records, tasks: views }: View): void {
    const changed = views.map((view) => {
      const before = tasks.get(view.id);
      tasks.set(view.id, view);
      return changedFields(before, view);
    });
    for (const [record, ids] of Object.entries(records)) leases.set(record, ids);
    const isNews = Object.keys(records).length > 0;
    steps.push({
      atMs: Date.now(),
      ...(isNews && { records }),
      ...(changed.length > 0 && { tasks: changed }),
    });
  }

  async function ask(): Promise<void> {
    const answer = (await request('listBlockers', { records: watched })) as Ack<'listBlockers'>;
    if (!answer.ok) throw new Error(answer.error.message);
    // The tasks are in the other steps.
    steps.push({ atMs: Date.now(), blockers: answer.blockers.map(({ task: _task, ...rest }) => rest) });
  }

  await new Promise((resolve) => socket.once('hello', resolve));
  socket.on('changes', note);
  const answer = (await request('watch', { records: watched, tasks: [...taskIds] })) as Ack<'watch'>;
  if (!answer.ok) throw new Error(answer.error.message);
  note(answer);
  await ask();
  const timer = setInterval(() => void ask(), ASK_MS);

  return {
    doneOf: (taskId) => tasks.get(taskId)?.progress.done,
    isOver: () =>
      [...leases.values()].every((ids) => ids.length === 0) &&
      taskIds.every((id) => tasks.get(id)?.endedAt !== undefined),
    toLines: () => [{ watched }, ...steps].map((step) => `${JSON.stringify(step)}\n`).join(''),
    close() {
      clearInterval(timer);
      socket.disconnect();
    },
  };
}

function changedFields(before: TaskView | undefined, view: TaskView): { id: string } & Partial<TaskView> {
  if (!before) return view;
  const fields = Object.entries(view).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof TaskView]),
  );
  return { ...(Object.fromEntries(fields) as Partial<TaskView>), id: view.id };
}
