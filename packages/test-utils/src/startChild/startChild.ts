import { fileURLToPath } from 'node:url';
import { type StartedProcess, type StartProcessOptions, startProcess } from '../startProcess/startProcess.ts';
import { createInbox } from './inbox.ts';

export interface StartChildOptions extends Pick<StartProcessOptions, 'env' | 'cwd' | 'folder'> {
  /** The module that the child runs, for example `new URL('./holder.ts', import.meta.url)`. May be TypeScript. */
  module: URL;
  args?: readonly string[];
}

/** A process that exchanges messages with this one. Messages are JSON values, never `undefined`. */
export interface StartedChild<ToChild, FromChild> extends Omit<StartedProcess, 'readyLine'> {
  /** Sends a message and returns at once. A paused child receives it after `resume`, an ended child never. */
  send(message: ToChild): void;
  /** The messages of the child until it ends. Each is delivered once, here or by `next`. */
  readonly messages: AsyncIterable<FromChild>;
  /**
   * The next message of the child. Rejects with the child's output if it ends first or takes longer than `timeoutMs`
   * (default 10,000).
   */
  next(options?: { timeoutMs?: number }): Promise<FromChild>;
  /** Freezes the child and its own children at once (SIGSTOP). */
  pause(): void;
  /** Continues after `pause` (SIGCONT). */
  resume(): void;
}

/**
 * Starts a Node module in a child process that tests can kill, pause and send messages to. The module calls
 * `talkToParent`. Its stdout and stderr are for people only. The child ends when this process ends in any way.
 */
export async function startChild<ToChild, FromChild>(
  options: StartChildOptions,
): Promise<StartedChild<ToChild, FromChild>> {
  const { module, args = [], ...others } = options;
  const inbox = createInbox<FromChild>();
  const child = await startProcess({
    ...others,
    command: process.execPath,
    args: ['--conditions=@rowlock/source', fileURLToPath(module), ...args],
    channel: { onMessage: (message) => inbox.put(message as FromChild), onEnd: () => inbox.end() },
  });
  return {
    ...child,
    messages: inbox,
    async next({ timeoutMs = 10_000 } = {}) {
      const giveUp = new AbortController();
      const timer = setTimeout(() => giveUp.abort(), timeoutMs);
      const message = await inbox.receive(giveUp.signal);
      clearTimeout(timer);
      if (message !== undefined) return message;
      if (!giveUp.signal.aborted) await child.exited; // its output is complete then
      const why = giveUp.signal.aborted
        ? `sent no message for ${timeoutMs} ms`
        : 'ended without another message';
      throw new Error(`${fileURLToPath(module)} ${why}. It wrote:\n${child.output() || '(nothing)'}`);
    },
    pause: () => child.signal('SIGSTOP'),
    resume: () => child.signal('SIGCONT'),
  };
}
