/**
 * May this actor watch this task? The application is asked once, and its answer is cached for a few seconds. A busy
 * task has hundreds of messages a minute, and as many watchers.
 *
 * No answer outlives `keptMs`, counted from the question, so a lost permission takes effect within that time; `forget`
 * makes it take effect at once. A failure is never cached.
 */
import type { Actor, TaskView } from '@rowlock/protocol';
import type { Clock } from './clock.ts';

/** An application that has not answered by then has failed to answer. */
const ANSWER_LIMIT_MS = 10_000;
/** Answers in memory; beyond it the oldest question is forgotten. About 300 bytes each. */
const MOST_KEPT = 10_000;

export interface WatchPermissions {
  /** Answers at once if the answer is cached. Rejects if the application throws or does not answer within 10 s. */
  mayWatch(actor: Actor, task: TaskView): boolean | Promise<boolean>;
  /** Asks the application again, whatever is cached. Rejects likewise. */
  mayStillWatch(actor: Actor, task: TaskView): Promise<boolean>;
  /** Permissions have changed, of one actor or of everybody: the next question asks the application again. */
  forget(actorId?: string): void;
}

interface Answer {
  actorId: string;
  askedAtMs: number;
  granted: boolean | undefined;
  pending: Promise<boolean>;
  /** Permissions have changed since the question was asked */
  isOutdated: boolean;
}

export function createWatchPermissions(
  ask: (question: { actor: Actor; action: 'watch'; task: TaskView }) => Promise<boolean>,
  { clock, keptMs }: { clock: Clock; keptMs: number },
): WatchPermissions {
  const answers = new Map<string, Answer>();

  function mayWatch(actor: Actor, task: TaskView): boolean | Promise<boolean> {
    const key = keyOf(actor, task);
    const known = answers.get(key);
    const isFresh = known && clock.nowMs() - known.askedAtMs < keptMs;
    const answer = isFresh ? known : begin(key, actor, task);
    return answer.granted ?? current(answer, actor, task);
  }

  function begin(key: string, actor: Actor, task: TaskView): Answer {
    const answer: Answer = {
      actorId: actor.id,
      askedAtMs: clock.nowMs(),
      granted: undefined,
      pending: within(ANSWER_LIMIT_MS, clock, ask({ actor, action: 'watch', task })),
      isOutdated: false,
    };
    answers.delete(key);
    answers.set(key, answer);
    for (const oldest of answers.keys()) {
      if (answers.size <= MOST_KEPT) break;
      answers.delete(oldest);
    }
    answer.pending.then(
      (granted) => {
        answer.granted = granted;
      },
      () => {
        if (answers.get(key) === answer) answers.delete(key);
      },
    );
    return answer;
  }

  /** An answer to a question from before a change of permissions is not given to anybody. */
  async function current(answer: Answer, actor: Actor, task: TaskView): Promise<boolean> {
    const granted = await answer.pending;
    return answer.isOutdated ? mayWatch(actor, task) : granted;
  }

  return {
    mayWatch,
    mayStillWatch: (actor, task) => current(begin(keyOf(actor, task), actor, task), actor, task),
    forget(actorId) {
      for (const [key, answer] of answers) {
        if (actorId !== undefined && answer.actorId !== actorId) continue;
        answer.isOutdated = true;
        answers.delete(key);
      }
    },
  };
}

const keyOf = (actor: Actor, task: TaskView): string => `${task.id} ${actor.id}`;

function within<T>(limitMs: number, clock: Clock, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () =>
      reject(new Error(`\`authorize\` has not answered within ${limitMs} ms. It is asked again.`)),
    );
    answer.then(resolve, reject).finally(cancel);
  });
}
