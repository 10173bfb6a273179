/** Calls a subscriber step by step, and repeats each step until it succeeds. */
import type { Clock } from '../clock.ts';
import { callSubscriber, pauseMs } from './callSubscriber.ts';
import type { Lead, LeadKeeper } from './leadKeeper.ts';
import type { Outage } from './outage.ts';
import type { SubscriberState } from './subscriber.ts';
import type { Step } from './subscriberSteps.ts';

/** Resolves at the end of the log, or when this process no longer leads. @throws {UnavailableError} */
export type Deliver = (lead: Lead) => Promise<void>;

export function createDelivery(options: {
  timeoutMs: number;
  keeper: Pick<LeadKeeper, 'current' | 'save'>;
  outage: Outage;
  getState(): Promise<Pick<SubscriberState, 'behind'>>;
  closing: AbortSignal;
  clock: Clock;
}): Deliver {
  const { timeoutMs, keeper, outage, getState, closing, clock } = options;

  /** False if the step must be repeated. */
  async function perform(lead: Lead, step: Step): Promise<boolean> {
    const call = await step.prepare?.();
    if (!call) return true;
    try {
      await callSubscriber(call, timeoutMs, lead.stop.signal, clock);
    } catch (error) {
      if (lead.stop.signal.aborted) return false;
      if (!step.isBestEffort) {
        await handleFailure(lead, step, error);
        return false;
      }
      outage.failedOnce(step.what, error);
      return true;
    }
    outage.over(step);
    if (!step.isBestEffort) lead.hasNotified = true;
    return true;
  }

  async function handleFailure(lead: Lead, step: Step, error: unknown): Promise<void> {
    const isNew = outage.failed(step.what, error);
    await keeper.save(lead).catch(() => {});
    if (isNew) await outage.report(getState());
    await pause(pauseMs(outage.failures()), lead);
  }

  function pause(ms: number, lead: Lead): Promise<void> {
    return new Promise((resolve) => {
      const stop = AbortSignal.any([lead.stop.signal, closing]);
      const cancel = clock.after(ms, resolve);
      stop.addEventListener('abort', () => {
        cancel();
        resolve();
      });
      if (stop.aborted) resolve();
    });
  }

  return async (lead) => {
    while (keeper.current() === lead && !closing.aborted) {
      if (lead.waiting.length === 0) lead.waiting = await lead.reader.read(clock.nowMs());
      const [step] = lead.waiting;
      if (!step) return;
      if (!(await perform(lead, step))) continue;
      const next = step.followedBy ? await step.followedBy() : [];
      lead.waiting.splice(0, 1, ...next);
      if (!step.position) continue;
      lead.reportedTo = step.position;
      // A position that was reached without a call is stored with the next one, or at the end of the batch.
      if (!lead.hasNotified && lead.waiting.length > 0) continue;
      lead.hasNotified = false;
      await keeper.save(lead);
    }
  };
}
