import { startGroup } from './startGroup.mjs';

/** Runs a program to its end: `{ code, signal, error?, output }`. Never rejects. */
export async function run(command, args, options = {}) {
  const lines = [];
  const group = startGroup(command, args, {
    ...options,
    onLine: (line) => {
      lines.push(line);
      options.onLine?.(line);
    },
  });
  const exit = await group.exited;
  return { ...exit, output: lines.join('\n') };
}

/** The last lines of an output, for a message. */
export function lastLines(output, count = 12) {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}
