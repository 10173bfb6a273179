import { type Serializable, spawn } from 'node:child_process';
import { atExit } from './atExit.ts';
import { guard } from './guardian.ts';

export interface StartProcessOptions {
  command: string;
  args?: readonly string[];
  /** Added to this process's environment; `undefined` takes a variable away. */
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  /** The line of output that says that the process is ready: a part of it, or a pattern. Default: ready at once. */
  readyLine?: string | RegExp;
  /** How long the process may take to become ready. Default 30,000. */
  timeoutMs?: number;
  /** A folder that belongs to the process and is removed should this process be killed. */
  folder?: string;
  /** Opens a channel (Node's IPC) to a process that is Node; `onEnd` comes when all that it said has been heard. */
  channel?: { onMessage(message: unknown): void; onEnd(): void };
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface StartedProcess {
  /** Also the id of the process group, in which its own children are. */
  readonly pid: number;
  /** The line that matched `readyLine`. */
  readonly readyLine: string;
  /** All that it has written so far, both streams together. */
  output(): string;
  /** Resolves when it has ended; never rejects. */
  readonly exited: Promise<Exit>;
  /** Sends a JSON value over the channel. Nothing happens where the process has ended, or has no channel. */
  send(message: unknown): void;
  /** Sends a signal to the whole group, waiting for nothing. Does nothing after the end. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal (default SIGTERM) to the whole group and waits until the process has ended. */
  kill(signal?: NodeJS.Signals): Promise<Exit>;
  /** Asks it to end, and makes it after 5 s. The rest of its group is ended too. */
  stop(): Promise<Exit>;
}

const STOP_GRACE_MS = 5_000;

/**
 * Starts a program in a process group of its own and waits until it says that it is ready. The whole group ends with
 * this process, in whatever way that ends.
 */
export async function startProcess(options: StartProcessOptions): Promise<StartedProcess> {
  const { command, args = [], cwd, readyLine, timeoutMs = 30_000, folder, channel } = options;
  const child = spawn(command, args, {
    cwd,
    env: withoutUndefined({ ...process.env, ...options.env }),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(channel ? ['ipc' as const] : [])],
  });
  let output = '';
  const waiters = new Set<() => void>();
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const wake of waiters) wake();
    });
  }
  if (channel) {
    child.on('message', channel.onMessage);
    child.once('disconnect', channel.onEnd);
  }
  let startError: Error | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => {
      startError = error;
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const { pid } = child;
  if (pid === undefined) {
    await exited;
    throw new Error(`Could not start ${command}: ${startError?.message ?? 'unknown reason'}`);
  }

  const guardian = guard(pid, folder);
  let ended = false;
  const endGroup = () => sendToGroup(pid, 'SIGKILL');
  const forgetGroup = atExit(endGroup);
  // The streams close when the last of the group that holds them is gone; the process itself may be gone earlier.
  child.once('exit', () => {
    ended = true;
    endGroup();
    forgetGroup();
    guardian.dismiss();
    for (const wake of waiters) wake();
  });

  const started: Omit<StartedProcess, 'readyLine'> = {
    pid,
    output: () => output,
    exited,
    send(message) {
      // Whether it ends before it hears this is seen by nobody but itself.
      if (child.connected) child.send(message as Serializable, () => {});
    },
    signal(signal) {
      if (!ended) sendToGroup(pid, signal);
    },
    async kill(signal = 'SIGTERM') {
      if (!ended) sendToGroup(pid, signal);
      return exited;
    },
    async stop() {
      const force = setTimeout(() => !ended && endGroup(), STOP_GRACE_MS);
      if (!ended) {
        sendToGroup(pid, 'SIGCONT'); // a stopped process would not hear the next one
        sendToGroup(pid, 'SIGTERM');
      }
      return exited.finally(() => clearTimeout(force));
    },
  };

  if (readyLine === undefined) return { ...started, readyLine: '' };
  const line = await new Promise<string | undefined>((resolve) => {
    const look = () => {
      const found = output.split('\n').slice(0, -1).find(matcherOf(readyLine));
      if (found !== undefined) finish(found);
      else if (ended) void exited.then(() => finish(output.split('\n').find(matcherOf(readyLine))));
    };
    const finish = (found: string | undefined) => {
      clearTimeout(timer);
      waiters.delete(look);
      resolve(found);
    };
    const timer = setTimeout(() => finish(undefined), timeoutMs);
    waiters.add(look);
    look();
  });
  if (line !== undefined) return { ...started, readyLine: line };
  const why = ended ? `ended with ${describe(await exited)}` : `was not ready after ${timeoutMs} ms`;
  if (!ended) await started.kill('SIGKILL');
  throw new Error(
    `${[command, ...args].join(' ')} ${why}, before it wrote ${String(readyLine)}. It wrote:\n${output || '(nothing)'}`,
  );
}

function matcherOf(readyLine: string | RegExp): (line: string) => boolean {
  return (line) => (typeof readyLine === 'string' ? line.includes(readyLine) : readyLine.test(line));
}

function describe({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

function sendToGroup(groupId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-groupId, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function withoutUndefined(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
