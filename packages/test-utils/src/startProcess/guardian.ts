import { spawn } from 'node:child_process';

/**
 * Kills a process group and removes a folder if this process ends in any way, SIGKILL included. The guardian is a shell
 * that reads a pipe from this process. The kernel closes the pipe when this process is gone.
 */
export function guard(groupId: number, folder?: string): { dismiss(): void } {
  const guardian = spawn('/bin/sh', ['-c', WATCH, 'guardian', String(groupId), folder ?? ''], {
    detached: true, // a Ctrl-C or a kill of our own group does not reach it
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guardian.unref();
  guardian.on('error', () => {});
  const pipe = guardian.stdin;
  pipe.on('error', () => {});
  if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  return {
    dismiss() {
      pipe.end('dismissed\n');
    },
  };
}

// A line dismisses the guardian. The end of the input without a line means that this process is gone.
const WATCH = 'read -r _ && exit 0; kill -KILL "-$1" 2>/dev/null; [ -z "$2" ] || rm -rf -- "$2"';
