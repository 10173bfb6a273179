import { isFinal, type TaskView } from '@rowlock/protocol';
import { useState } from 'react';
import { useTexts } from '../../hooks/contexts.ts';
import type { CommonTexts } from '../../messages/commonTexts.ts';
import { type TaskTexts, taskTexts } from '../../messages/taskTexts.ts';
import { getFraction, getLook, type TaskLook } from '../taskFacts.ts';

export interface ShownProgress {
  look: TaskLook;
  /** 0 to 1. Never falls within an attempt */
  fraction: number;
  isIndeterminate: boolean;
  percent?: string;
  /** "Running", "Failed: …" */
  stateText: string;
  /** "Reading rows · 3,710 of 8,836", or the state if that says more */
  detailText: string;
  timeLeft?: string;
  valueText: string;
  /** Changes at the start, at each quarter, and at the end */
  announcement: string;
  canCancel: boolean;
}

/** The behaviour of `<TaskProgress>`, for bars of your own. */
export function useTaskProgress(task: TaskView, isMissing = false): ShownProgress {
  const messages = useTexts(taskTexts);
  const look = getLook(task, isMissing);
  const known = getFraction(task);
  const attemptId = `${task.id}#${task.attempt}`;
  const fraction = useNeverFalling(attemptId, known ?? 0);
  const done = useNeverFalling(attemptId, task.progress.done);
  const isIndeterminate = known === undefined && !isFinal(task.state);
  const stateText = getStateText(task, look, messages);
  const hasPercent = known !== undefined && look !== 'waiting' && look !== 'queued' && look !== 'missing';
  const announcement = useAnnouncement(task, look, fraction, stateText, messages);
  const isUnderWay = look === 'running' || look === 'retrying';
  const { etaMs } = task.progress;
  const detailText = getDetail(task, done, look, stateText, messages);
  return {
    look,
    fraction,
    isIndeterminate,
    ...(hasPercent && { percent: messages.percent(fraction) }),
    stateText,
    detailText,
    ...(look === 'running' && etaMs !== undefined && { timeLeft: messages.timeLeft(etaMs) }),
    valueText: hasPercent && isUnderWay ? `${messages.percent(fraction)}, ${stateText}` : stateText,
    announcement,
    canCancel: !isFinal(task.state) && look !== 'missing',
  };
}

/** A new attempt starts at its own value. Within an attempt, old news does not pull the bar back. */
function useNeverFalling(attemptId: string, value: number): number {
  const [kept, keep] = useState({ attemptId, value });
  const next = kept.attemptId === attemptId ? Math.max(kept.value, value) : value;
  if (kept.attemptId !== attemptId || kept.value !== next) keep({ attemptId, value: next });
  return next;
}

function useAnnouncement(
  task: TaskView,
  look: TaskLook,
  fraction: number,
  stateText: string,
  messages: CommonTexts & TaskTexts,
): string {
  const quarter = look === 'running' ? Math.floor(fraction * 4) : 0;
  const mark = `${look}:${quarter}`;
  const text =
    quarter > 0
      ? messages.announceProgress(task.label, quarter / 4)
      : messages.announceState(task.label, stateText);
  const [said, say] = useState({ mark, text });
  if (said.mark !== mark) say({ mark, text });
  return said.mark === mark ? said.text : text;
}

function getStateText(task: TaskView, look: TaskLook, messages: CommonTexts & TaskTexts): string {
  switch (look) {
    case 'waiting':
      return messages.stateWaiting(task.position);
    case 'queued':
      return messages.stateQueued();
    case 'running':
      return messages.stateRunning();
    case 'retrying':
      return messages.stateRetrying(task.attempt);
    case 'stopping':
      return messages.stateStopping();
    case 'paused':
      return messages.statePaused();
    case 'no-worker':
      return messages.stateNoWorker(task.cancelRequested);
    case 'completed':
      return messages.stateCompleted(task);
    case 'failed':
      return messages.stateFailed(task);
    case 'cancelled':
      return messages.stateCancelled(task);
    case 'missing':
      return messages.stateMissing();
    default: {
      const impossible: never = look;
      throw new TypeError(`Unknown look of a task: ${impossible}.`);
    }
  }
}

function getDetail(
  task: TaskView,
  done: number,
  look: TaskLook,
  stateText: string,
  messages: CommonTexts & TaskTexts,
): string {
  if (look !== 'running') return stateText;
  const { total, stage, message } = task.progress;
  const count = total !== null || done > 0 ? messages.doneOf(done, total) : undefined;
  // A bar starts again after its worker was killed. The number of the attempt explains that it falls back.
  const again = task.attempt > 1 ? messages.attempt(task.attempt) : undefined;
  const parts = [again, stage, count, message].filter((part) => part !== undefined && part !== '');
  return parts.length > 0 ? parts.join(' · ') : stateText;
}
