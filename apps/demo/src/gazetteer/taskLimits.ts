/** The most rows that one task takes: what one lease covers. */
export const MAX_TASK_ROWS = 20_000;
