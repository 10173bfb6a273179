import { type ChildProcess, type Serializable, spawn } from 'node:child_process';
import { collectOutput } from './collectOutput.ts';
import { findReadyLine } from './findReadyLine.ts';
import { ownGroup } from './ownGroup.ts';

export interface StartProcessOptions {
  command: string;
  args?: readonly string[];
  /** Variables to add to the environment of this process. `undefined` removes a variable. */
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  /** Part or pattern of the output line that means "ready". Default: the process is ready at once. */
  readyLine?: string | RegExp;
  /** How long the process may take to become ready, in ms. Default 30,000. */
  timeoutMs?: number;
  /** A folder of the process. It is removed if this process is killed. */
  folder?: string;
  /** Opens a channel (Node's IPC) to a Node process. `onEnd` is called after its last message. */
  channel?: { onMessage(message: unknown): void; onEnd(): void };
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface StartedProcess {
  /** The id of the process and of its group, which its own children belong to. */
  readonly pid: number;
  /** The line that matched `readyLine`. */
  readonly readyLine: string;
  /** The output so far, stdout and stderr together. */
  output(): string;
  /** Resolves when the process has ended. Never rejects. */
  readonly exited: Promise<Exit>;
  /** Sends a JSON value over the channel. Does nothing if the process has ended or has no channel. */
  send(message: unknown): void;
  /** Sends a signal to the whole group and returns at once. Does nothing after the process has ended. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal (default SIGTERM) to the whole group and waits until the process has ended. */
  kill(signal?: NodeJS.Signals): Promise<Exit>;
  /** Ends the process with SIGTERM, or with SIGKILL after 5 s, and then the rest of its group. */
  stop(): Promise<Exit>;
}

const STOP_GRACE_MS = 5_000;

/**
 * Starts a program in a new process group and waits until it is ready. The whole group ends when this process ends in any
 * way.
 */
export async function startProcess(options: StartProcessOptions): Promise<StartedProcess> {
  const { command, args = [], cwd, readyLine, timeoutMs = 30_000, folder, channel } = options;
  const child = spawn(command, args, {
    cwd,
    env: withoutUndefined({ ...process.env, ...options.env }),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(channel ? ['ipc' as const] : [])],
  });
  const output = collectOutput(child);
  if (channel) {
    child.on('message', channel.onMessage);
    child.once('disconnect', channel.onEnd);
  }
  const { exited, startError } = watchEnd(child);
  const { pid } = child;
  if (pid === undefined) {
    await exited;
    throw new Error(
      `Could not start ${command}: ${startError()?.message ?? 'unknown reason'}. Check that the program is installed.`,
    );
  }

  const group = ownGroup(child, pid, folder);
  const started: Omit<StartedProcess, 'readyLine'> = {
    pid,
    output: output.text,
    exited,
    send(message) {
      // The callback ignores the error of a process that ends before it receives the message.
      if (child.connected) child.send(message as Serializable, () => {});
    },
    signal: group.signal,
    async kill(signal = 'SIGTERM') {
      group.signal(signal);
      return exited;
    },
    async stop() {
      const force = setTimeout(() => group.signal('SIGKILL'), STOP_GRACE_MS);
      group.signal('SIGCONT'); // a frozen process does not receive SIGTERM
      group.signal('SIGTERM');
      return exited.finally(() => clearTimeout(force));
    },
  };

  if (readyLine === undefined) return { ...started, readyLine: '' };
  const line = await findReadyLine({ child, output, exited, readyLine, timeoutMs });
  if (line !== undefined) return { ...started, readyLine: line };
  const why = group.hasEnded()
    ? `ended with ${describe(await exited)}`
    : `was not ready after ${timeoutMs} ms`;
  if (!group.hasEnded()) await started.kill('SIGKILL');
  throw new Error(
    `${[command, ...args].join(' ')} ${why}, before it wrote ${String(readyLine)}. It wrote:\n${output.text() || '(nothing)'}`,
  );
}

function watchEnd(child: ChildProcess): { exited: Promise<Exit>; startError(): Error | undefined } {
  let startError: Error | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => {
      startError = error;
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return { exited, startError: () => startError };
}

function describe({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

function withoutUndefined(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
