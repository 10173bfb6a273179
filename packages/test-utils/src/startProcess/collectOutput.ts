import type { ChildProcess } from 'node:child_process';

/** The output of a process so far, stdout and stderr together. */
export interface CollectedOutput {
  text(): string;
  /** Calls the listener each time that the process has written something, until the returned function is called. */
  onGrowth(listener: () => void): () => void;
}

/** Collects the output of a process whose stdout and stderr are pipes. */
export function collectOutput(child: ChildProcess): CollectedOutput {
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const notify of listeners) notify();
    });
  }
  return {
    text: () => output,
    onGrowth(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
