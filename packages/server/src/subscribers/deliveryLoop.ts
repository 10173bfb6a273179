/** Delivers while there is news, one delivery at a time, and again when the next progress is due. */
import type { Clock } from '../clock.ts';
import type { Deliver } from './delivery.ts';
import type { LeadKeeper } from './leadKeeper.ts';
import type { ProgressNews } from './progressNews.ts';

export interface DeliveryLoop {
  /** There may be something to deliver. */
  nudge(): void;
  /** Resolves when the delivery that runs now has ended. */
  ended(): Promise<void>;
  /** No turn follows for progress that is due later. */
  stop(): void;
}

export function createDeliveryLoop({
  deliver,
  keeper,
  progress,
  isClosing,
  onFailed,
  clock,
}: {
  deliver: Deliver;
  keeper: Pick<LeadKeeper, 'current'>;
  progress: Pick<ProgressNews, 'untilNextMs'>;
  isClosing(): boolean;
  onFailed(error: unknown): void;
  clock: Clock;
}): DeliveryLoop {
  let delivering: Promise<void> | undefined;
  let hasNews = false;
  let cancelNextTurn = () => {};

  function nudge(): void {
    hasNews = true;
    delivering ??= deliverNews()
      .catch(onFailed)
      .finally(() => {
        delivering = undefined;
        if (hasNews && keeper.current() && !isClosing()) nudge();
      });
  }

  async function deliverNews(): Promise<void> {
    for (let lead = keeper.current(); hasNews && lead && !isClosing(); lead = keeper.current()) {
      hasNews = false;
      await deliver(lead);
      const isAtEnd = lead === keeper.current() && lead.waiting.length === 0;
      if (isAtEnd && !isClosing()) waitForProgress();
    }
  }

  function waitForProgress(): void {
    const nextMs = progress.untilNextMs(clock.nowMs());
    cancelNextTurn();
    if (nextMs !== undefined) cancelNextTurn = clock.after(nextMs, nudge);
  }

  return {
    nudge,
    ended: async () => delivering,
    stop: () => cancelNextTurn(),
  };
}
