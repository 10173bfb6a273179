/**
 * Rounds of calls that are made at the same time. Redis's own order is the order of events, so after each round there
 * must be an order that explains every answer and what can be seen then.
 */
import { inspect } from 'node:util';
import type { AskedRegistry } from './askRegistry.ts';
import { type Call, describeCall } from './calls.ts';
import { type Answered, findOrders } from './findOrder.ts';
import { emptyRegistry, getHeartbeat, type Registry, viewOf } from './registryModel.ts';
import { callOf, type Seen, type Step } from './steps.ts';

export interface Rounds {
  /**
   * Whether the game goes on. It ends where a claim in parts would have waited in a circle: who was told that he stands
   * behind it may say so, though it was never there. @throws {Error} where no order explains what came of the calls,
   * with all that was done, in words
   */
  play(steps: readonly Step[]): Promise<boolean>;
}

export interface RoundOptions {
  /** Acquiring takes several scripts, so others may see a part of it: then only what became of a call counts */
  isInParts?: boolean;
  /** Brings the calls to their ends. Default: waits for them */
  untilAnswered?<T>(answers: Promise<T>): Promise<T>;
}

export function beginRounds(
  asked: AskedRegistry,
  { isInParts = false, untilAnswered = (answers) => answers }: RoundOptions = {},
): Rounds {
  let states: Registry[] = [emptyRegistry()];
  const told: string[] = [];
  let serial = 0;

  return {
    async play(steps) {
      // All of them agree on the leases that there are, and on their secrets.
      const [model] = states;
      const seen: Seen = new Map();
      for (const { name } of model!.leases) await asked.observe(name, getHeartbeat(model!, name));
      const calls = steps
        .map((step) => callOf(step, model!, seen, ++serial))
        .filter((call): call is Call => call !== undefined);
      // The first connection is for looking.
      const answers = await untilAnswered(Promise.all(calls.map((call, i) => asked.ask(call, 1 + i))));
      const answered: Answered[] = calls.map((call, i) => ({
        ...{ call, isInParts },
        answer: asked.named(answers[i]!),
      }));
      if (isInParts && answers.some((answer) => answer.kind === 'deadlock')) return false;
      const end = await asked.view();
      const after = findOrders(states, answered, end);
      const lines = answered.map(
        ({ call, answer }) =>
          `    ${describeCall(call)} → ${inspect(answer, { depth: 4, breakLength: Infinity })}`,
      );
      told.push('at the same time:', ...lines);
      if (after.length === 0) throw new Error(unexplained(told, end, states));
      states = after;
      return true;
    },
  };
}

const unexplained = (told: readonly string[], end: unknown, before: readonly Registry[]): string =>
  [
    'No order of the last calls gives these answers and this end:',
    ...told.map((line) => `  ${line}`),
    `  before: ${inspect(before.map(viewOf), { depth: 4, breakLength: 160 })}`,
    `  end: ${inspect(end, { depth: 4, breakLength: 160 })}`,
  ].join('\n');
