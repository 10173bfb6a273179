/** The child's half of calls between processes: answers each call of the parent by the function of that name. */
import { talkToParent } from '@rowlock/test-utils';
import type { Answer, Call, Calls } from './remote.ts';

/** Ends this process when the parent is gone. */
export async function serveCalls(calls: Calls): Promise<never> {
  const parent = talkToParent<Call, Answer>();
  parent.send({ result: 'ready' });
  for await (const { name, argument } of parent.messages) {
    try {
      parent.send({ result: (await calls[name]?.(argument)) ?? null });
    } catch (error) {
      parent.send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  process.exit(0);
}
