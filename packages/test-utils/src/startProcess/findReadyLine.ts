import type { ChildProcess } from 'node:child_process';
import type { CollectedOutput } from './collectOutput.ts';

export interface ReadyLineSearch {
  child: ChildProcess;
  output: CollectedOutput;
  /** Resolves when the process has ended and its output is complete. */
  exited: Promise<unknown>;
  /** Part or pattern of the line. */
  readyLine: string | RegExp;
  timeoutMs: number;
}

/** The first line that matches. `undefined` if the process ends without it, or does not write it within `timeoutMs`. */
export function findReadyLine(search: ReadyLineSearch): Promise<string | undefined> {
  const { child, output, exited, readyLine, timeoutMs } = search;
  const isReadyLine = matchLine(readyLine);
  return new Promise((resolve) => {
    const look = () => {
      const found = output.text().split('\n').slice(0, -1).find(isReadyLine);
      if (found !== undefined) finish(found);
    };
    // The last line need not be complete.
    const lookAtTheEnd = () => void exited.then(() => finish(output.text().split('\n').find(isReadyLine)));
    const finish = (found: string | undefined) => {
      clearTimeout(timer);
      stopListening();
      child.off('exit', lookAtTheEnd);
      resolve(found);
    };
    const timer = setTimeout(() => finish(undefined), timeoutMs);
    const stopListening = output.onGrowth(look);
    child.once('exit', lookAtTheEnd);
    look();
  });
}

function matchLine(readyLine: string | RegExp): (line: string) => boolean {
  return (line) => (typeof readyLine === 'string' ? line.includes(readyLine) : readyLine.test(line));
}
