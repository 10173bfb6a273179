/**
 * Rounds of concurrent calls. Redis runs their scripts one after the other. So after each round there must be an order of
 * the calls that explains every answer and the visible state.
 */
import { inspect } from 'node:util';
import type { AskedRegistry } from './askRegistry.ts';
import { type Call, describeCall } from './calls.ts';
import { type Answered, findOrders } from './findOrder.ts';
import { emptyRegistry, type Registry } from './modelLeases.ts';
import { getHeartbeat, viewOf } from './modelView.ts';
import { callOf, type Seen, type Step } from './steps.ts';

export interface Rounds {
  /**
   * Plays one round, and returns whether the game continues. It ends if a request in parts was refused as a deadlock:
   * other answers may name that request, although the model never had it.
   *
   * @throws {Error} if no order explains the answers. The message lists all calls so far
   */
  play(steps: readonly Step[]): Promise<boolean>;
}

export interface RoundOptions {
  /** Acquiring takes several scripts, so others may see a part. Then only the kinds of the answers are compared */
  isInParts?: boolean;
  /** Runs the calls until all are answered. Default: waits for them */
  untilAnswered?<T>(answers: Promise<T>): Promise<T>;
}

export function beginRounds(
  asked: AskedRegistry,
  { isInParts = false, untilAnswered = (answers) => answers }: RoundOptions = {},
): Rounds {
  let states: Registry[] = [emptyRegistry()];
  const lines: string[] = [];
  let serial = 0;

  return {
    async play(steps) {
      // All states agree on the existing leases and their secrets.
      const [model] = states;
      const seen: Seen = new Map();
      for (const { name } of model!.leases) await asked.observe(name, getHeartbeat(model!, name));
      const calls = steps
        .map((step) => callOf(step, model!, seen, ++serial))
        .filter((call): call is Call => call !== undefined);
      // The first connection only reads the state.
      const answers = await untilAnswered(Promise.all(calls.map((call, i) => asked.ask(call, 1 + i))));
      const answered: Answered[] = calls.map((call, i) => ({
        ...{ call, isInParts },
        answer: asked.named(answers[i]!),
      }));
      if (isInParts && answers.some((answer) => answer.kind === 'deadlock')) return false;
      const end = await asked.view();
      const after = findOrders(states, answered, end);
      const round = answered.map(
        ({ call, answer }) =>
          `    ${describeCall(call)} → ${inspect(answer, { depth: 4, breakLength: Infinity })}`,
      );
      lines.push('at the same time:', ...round);
      if (after.length === 0) throw new Error(unexplained(lines, end, states));
      states = after;
      return true;
    },
  };
}

const unexplained = (lines: readonly string[], end: unknown, before: readonly Registry[]): string =>
  [
    'No order of the last calls explains these answers and this state:',
    ...lines.map((line) => `  ${line}`),
    `  before: ${inspect(before.map(viewOf), { depth: 4, breakLength: 160 })}`,
    `  after: ${inspect(end, { depth: 4, breakLength: 160 })}`,
  ].join('\n');
