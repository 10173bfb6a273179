/** A command of Vitest's browser mode: starts the channel in a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BrowserCommand } from 'vitest/node';

interface StartedChannel {
  url: string;
  /** Does what its path names: see `channel.ts` */
  controlUrl: string;
}

export const startChannel: BrowserCommand<[]> = async (): Promise<StartedChannel> => {
  const child = fork(fileURLToPath(new URL('channel.ts', import.meta.url)), {
    execArgv: ['--conditions=@rowlock/source'],
  });
  const [started] = (await once(child, 'message')) as [StartedChannel];
  return started;
};
