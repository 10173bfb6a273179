import { spawn } from 'node:child_process';

/**
 * Ends a process group and removes a folder when this process ends in any way, SIGKILL included. It is a shell
 * that waits on a pipe from us: the kernel closes the pipe when we are gone.
 */
export function guard(groupId: number, folder?: string): { dismiss(): void } {
  const guardian = spawn('/bin/sh', ['-c', WATCH, 'guardian', String(groupId), folder ?? ''], {
    detached: true, // out of reach of a Ctrl-C or a kill that is meant for our own group
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

// A line means that all is in order; the end of the input without one means that we are gone.
const WATCH = 'read -r _ && exit 0; kill -KILL "-$1" 2>/dev/null; [ -z "$2" ] || rm -rf -- "$2"';
