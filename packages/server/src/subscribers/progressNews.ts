/** Which tasks' progress is to be told: the newest of each, at most once a second. Pure. */
const INTERVAL_MS = 1_000;
/** So many tasks may have news at once; what comes beyond waits for its next. */
const MAX_TASKS = 1_000;

export interface ProgressNews {
  /** `at`: when, for display */
  note(taskId: string, at: number): void;
  /** Those whose turn it is. They stay so until they are taken */
  due(nowMs: number): { taskId: string; at: number }[];
  /** It is told, or there is nothing to tell: its next turn is a second later */
  take(taskId: string, nowMs: number): void;
  /** How long until the next has its turn; undefined while there is no news */
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
