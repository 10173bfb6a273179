import { fileURLToPath } from 'node:url';
import { type StartedProcess, type StartProcessOptions, startProcess } from '../startProcess.ts';
import { createInbox } from './inbox.ts';

export interface StartChildOptions extends Pick<StartProcessOptions, 'env' | 'cwd' | 'folder'> {
  /** The module that the child runs, e.g. `new URL('./holder.ts', import.meta.url)`; TypeScript as it stands. */
  module: URL;
  args?: readonly string[];
}

/** A child process that exchanges messages with its parent: JSON values (never `undefined`). */
export interface StartedChild<Told, Said> extends Omit<StartedProcess, 'readyLine'> {
  /** Sends it a message, and waits for nothing. A frozen child receives it when it continues; an ended child never does. */
  send(message: Told): void;
  /** The messages that it sends, each once (to this or to `next`), until it has ended. */
  readonly messages: AsyncIterable<Said>;
  /** The next that it says. An error, with its output, if it ends first or takes longer (default 10,000 ms). */
  next(options?: { timeoutMs?: number }): Promise<Said>;
  /** Freezes it and its own children (SIGSTOP), in the middle of whatever they do. */
  pause(): void;
  /** Lets it continue. */
  resume(): void;
}

/**
 * Starts a Node module in a process of its own that can be killed, frozen and spoken to: see `talkToParent`, which is
 * its end. Its output is for people to read. The child ends with this process, in whatever way that ends.
 */
export async function startChild<Told, Said>(options: StartChildOptions): Promise<StartedChild<Told, Said>> {
  const { module, args = [], ...others } = options;
  const inbox = createInbox<Said>();
  const child = await startProcess({
    ...others,
    command: process.execPath,
    args: ['--conditions=@rowlock/source', fileURLToPath(module), ...args],
    channel: { onMessage: (message) => inbox.put(message as Said), onEnd: () => inbox.end() },
  });
  return {
    ...child,
    messages: inbox,
    async next({ timeoutMs = 10_000 } = {}) {
      const giveUp = new AbortController();
      const timer = setTimeout(() => giveUp.abort(), timeoutMs);
      const message = await inbox.take(giveUp.signal);
      clearTimeout(timer);
      if (message !== undefined) return message;
      if (!giveUp.signal.aborted) await child.exited; // so that its last words are there
      const why = giveUp.signal.aborted ? `said nothing for ${timeoutMs} ms` : 'ended and said nothing more';
      throw new Error(`${fileURLToPath(module)} ${why}. It wrote:\n${child.output() || '(nothing)'}`);
    },
    pause: () => child.signal('SIGSTOP'),
    resume: () => child.signal('SIGCONT'),
  };
}
