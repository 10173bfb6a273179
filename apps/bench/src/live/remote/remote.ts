/** The parent's half of calls between processes. Arguments and results are JSON values. */
import { startChild } from '@rowlock/test-utils';

// biome-ignore lint/suspicious/noExplicitAny: each function has its own argument
export type Calls = Record<string, (argument: any) => unknown>;
/** Asks the process to end by itself, so that Node writes the profile of `--cpu-prof`. */
export const END = 'end';
export type Question = Call | typeof END;

interface Call {
  name: string;
  argument: unknown;
}
export type Answer = { result: unknown } | { error: string };

/** A process whose functions can be called, one at a time. */
export interface Remote<C extends Calls> {
  call<N extends keyof C & string>(
    name: N,
    ...argument: Parameters<C[N]>[0] extends undefined ? [] : [Parameters<C[N]>[0]]
  ): Promise<Awaited<ReturnType<C[N]>>>;
  stop(): Promise<void>;
}

/** The longest time of one call, such as connecting thousands of sockets. */
const CALL_LIMIT_MS = 180_000;
const END_LIMIT_MS = 10_000;

/** Starts a module that ends in `serveCalls`. `settings` are its first argument, as JSON. */
export async function startRemote<C extends Calls>(module: URL, settings: unknown = {}): Promise<Remote<C>> {
  const child = await startChild<Question, Answer>({ module, args: [JSON.stringify(settings)] });
  const answer = async () => {
    const found = await child.next({ timeoutMs: CALL_LIMIT_MS });
    if ('error' in found) throw new Error(`${module.pathname} failed: ${found.error}`);
    return found.result;
  };
  try {
    await answer();
  } catch (error) {
    await child.kill('SIGKILL');
    throw error;
  }
  return {
    async call(name, ...[argument]) {
      child.send({ name, argument: argument ?? null });
      return (await answer()) as never;
    },
    async stop() {
      child.send(END);
      const force = setTimeout(() => void child.kill('SIGKILL'), END_LIMIT_MS);
      await child.exited;
      clearTimeout(force);
    },
  };
}
