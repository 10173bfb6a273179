/** The system's monotonic clock, in ms. All processes of a machine share it, so that their times can be compared. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
