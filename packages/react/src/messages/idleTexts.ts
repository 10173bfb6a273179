/** The texts of `<IdleWarning>`. */
import type { CommonTexts } from './commonTexts.ts';
import { MINUTE_MS, SECOND_MS } from './formats.ts';

export interface IdleTexts {
  idleTitle(): string;
  /** Counts down once a second */
  idleNote(leftMs: number): string;
  /** For screen readers: the same, in steps */
  announceIdle(leftMs: number): string;
  stillHere(): string;
}

/** "2 min 05 s", so that the text keeps its width while it counts. */
export function getCountdown(leftMs: number, number: (value: number) => string): string {
  const leftS = Math.max(0, Math.ceil(leftMs / SECOND_MS));
  const minutes = Math.floor((leftS * SECOND_MS) / MINUTE_MS);
  const seconds = leftS % 60;
  if (minutes === 0) return `${number(seconds)} s`;
  return `${number(minutes)} min ${seconds < 10 ? number(0) : ''}${number(seconds)} s`;
}

export const idleTexts = ({ number, roughDuration }: CommonTexts): IdleTexts => ({
  idleTitle: () => 'Are you still there?',
  idleNote: (leftMs) =>
    `The row you are editing is unlocked for others in ${getCountdown(leftMs, number)}. Your changes stay in the form.`,
  announceIdle: (leftMs) =>
    `Are you still there? The row you are editing is unlocked for others in ${roughDuration(leftMs)}. Press any key to keep it.`,
  stillHere: () => 'I am still here',
});
