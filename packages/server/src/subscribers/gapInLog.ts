/** Decides whether a subscriber has missed entries of the log. Pure. */
import { comparePositions, type LogPosition } from '../changeLog/entry.ts';

/** How much of the log a subscriber has received. */
export interface Reach {
  /** The log has been read up to here */
  readTo: LogPosition;
  /** A gap has reported every change up to here, so the log may lose those entries */
  gapReportedTo: LogPosition;
}

const later = (a: LogPosition, b: LogPosition): LogPosition => (comparePositions(a, b) < 0 ? b : a);

/** Every entry up to here is reported, or is still in the log. */
export const reportedTo = ({ readTo, gapReportedTo }: Reach): LogPosition => later(readTo, gapReportedTo);

/** The log begins after the last reported entry, so entries in between may be lost. */
export const isGap = (reach: Reach, oldest: LogPosition): boolean =>
  comparePositions(oldest, reportedTo(reach)) > 0;
