/** Selects the progress to report: the newest of each task, at most once a second. Pure. */
const INTERVAL_MS = 1_000;
/** The most tasks that may have news at once. Further tasks are reported with their next progress. */
const MAX_TASKS = 1_000;

export interface ProgressNews {
  /** `at`: when, for display */
  note(taskId: string, at: number): void;
  /** Tasks that may be reported now. They stay due until they are taken */
  due(nowMs: number): { taskId: string; at: number }[];
  /** The progress was reported, or there is nothing to report. The task is due again after a second */
  take(taskId: string, nowMs: number): void;
  /** The time until the next task is due. Undefined while there is no news */
  untilNextMs(nowMs: number): number | undefined;
}

export function createProgressNews(): ProgressNews {
  const news = new Map<string, number>();
  const takenAtMs = new Map<string, number>();
  const turnOf = (taskId: string): number =>
    (takenAtMs.get(taskId) ?? Number.NEGATIVE_INFINITY) + INTERVAL_MS;

  return {
    note(taskId, at) {
      if (news.size < MAX_TASKS || news.has(taskId)) news.set(taskId, at);
    },
    due: (nowMs) =>
      [...news].filter(([taskId]) => turnOf(taskId) <= nowMs).map(([taskId, at]) => ({ taskId, at })),
    take(taskId, nowMs) {
      news.delete(taskId);
      for (const [other, atMs] of takenAtMs) if (atMs + INTERVAL_MS <= nowMs) takenAtMs.delete(other);
      takenAtMs.set(taskId, nowMs);
    },
    untilNextMs: (nowMs) =>
      news.size === 0 ? undefined : Math.max(0, Math.min(...[...news.keys()].map(turnOf)) - nowMs),
  };
}
