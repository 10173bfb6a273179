/** Whether a subscriber has missed something of the log. Pure. */
import { comparePositions, type LogPosition } from '../changeLog/entry.ts';

/** How far a set has come. */
export interface Reach {
  /** So far the log has been read */
  readTo: LogPosition;
  /** So far a gap has told what has become of all: what the log loses of that meanwhile is told already */
  gapReportedTo: LogPosition;
}

const later = (a: LogPosition, b: LogPosition): LogPosition => (comparePositions(a, b) < 0 ? b : a);

/** All that came to here is told, or is still in the log. */
export const toldTo = ({ readTo, gapReportedTo }: Reach): LogPosition => later(readTo, gapReportedTo);

/** The log begins beyond what is told: entries in between may be gone. */
export const isGap = (reach: Reach, oldest: LogPosition): boolean =>
  comparePositions(oldest, toldTo(reach)) > 0;
