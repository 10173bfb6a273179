/** The most rows that one task takes: one that runs for a few minutes. A lease covers ten times as many. */
export const MAX_TASK_ROWS = 20_000;
