/** The child's half of calls between processes: answers each call of the parent by the function of that name. */
import { talkToParent } from '@rowlock/test-utils';
import { type Answer, type Calls, END, type Question } from './remote.ts';

/** Ends this process when the parent asks for it or is gone. */
export async function serveCalls(calls: Calls): Promise<never> {
  const parent = talkToParent<Question, Answer>();
  parent.send({ result: 'ready' });
  for await (const question of parent.messages) {
    if (question === END) break;
    const { name, argument } = question;
    try {
      parent.send({ result: (await calls[name]?.(argument)) ?? null });
    } catch (error) {
      parent.send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  process.exit(0);
}
