/** The lines that a run writes to the log of its task. Only the newest lines are kept. */
import { boundedText } from '../../boundedText.ts';
import type { Clock } from '../../clock.ts';
import type { Reports } from '../store/attemptStore.ts';

const MAX_LINES = 200;
const MAX_LINE_LENGTH = 500;

export interface RunLog {
  add(text: string): void;
  /** The lines since the last call, with their age. Undefined if no line was added. */
  take(): Reports['log'];
  isEmpty(): boolean;
}

export function createRunLog(clock: Clock): RunLog {
  let lines: { atMs: number; text: string }[] = [];
  let firstLine = 1;

  return {
    add(text) {
      lines.push({ atMs: clock.nowMs(), text: boundedText(text, MAX_LINE_LENGTH).replaceAll('\n', ' ') });
      // They are cut now and then, not with each line.
      if (lines.length >= 2 * MAX_LINES) {
        firstLine += lines.length - MAX_LINES;
        lines = lines.slice(-MAX_LINES);
      }
    },
    take() {
      if (lines.length === 0) return undefined;
      const nowMs = clock.nowMs();
      const log = {
        first: firstLine,
        lines: lines.map(({ atMs, text }) => `${Math.max(0, Math.round(nowMs - atMs))} ${text}`),
      };
      firstLine += lines.length;
      lines = [];
      return log;
    },
    isEmpty: () => lines.length === 0,
  };
}
