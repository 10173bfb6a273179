/** The most rows of one task, which then runs for a few minutes. A lease can cover ten times as many. */
export const MAX_TASK_ROWS = 20_000;
