/** A task that is shown to people: its progress changes at most once a second, and everything else at once. */
import type { TaskView } from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import { isShallowEqual } from './selection.ts';
import type { TaskSnapshot } from './taskSnapshot.ts';
import type { TaskSource } from './taskSource.ts';

const EVERY_MS = 1_000;

export class SteadyTask {
  readonly #source: Pick<TaskSource, 'watch' | 'get'>;
  readonly #id: string;
  readonly #clock: ClientClock;
  #shown: TaskSnapshot;
  #shownAtMs = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  constructor(source: Pick<TaskSource, 'watch' | 'get'>, id: string, clock: ClientClock) {
    this.#source = source;
    this.#id = id;
    this.#clock = clock;
    this.#shown = source.get(id);
  }

  readonly get = (): TaskSnapshot => this.#shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    const show = () => {
      this.#cancelTimer?.();
      this.#cancelTimer = undefined;
      const next = this.#source.get(this.#id);
      if (next === this.#shown) return;
      this.#shown = next;
      this.#shownAtMs = this.#clock.monotonicMs();
      listener();
    };
    const look = () => {
      const restMs = this.#shownAtMs + EVERY_MS - this.#clock.monotonicMs();
      if (restMs <= 0 || !isOnlyProgress(this.#shown, this.#source.get(this.#id))) show();
      else this.#cancelTimer ??= this.#clock.after(restMs, show);
    };
    const stop = this.#source.watch(this.#id, look);
    show();
    return () => {
      stop();
      this.#cancelTimer?.();
      this.#cancelTimer = undefined;
    };
  };
}

function isOnlyProgress(before: TaskSnapshot, now: TaskSnapshot): boolean {
  return (
    before.isStale === now.isStale &&
    before.isMissing === now.isMissing &&
    before.task !== undefined &&
    now.task !== undefined &&
    isShallowEqual(withoutProgress(before.task), withoutProgress(now.task))
  );
}

const withoutProgress = ({ progress, version: _, ...rest }: TaskView): object => ({
  ...rest,
  stage: progress.stage,
});
