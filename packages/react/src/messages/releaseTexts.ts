/** The texts of `<ReleaseRequest>`: somebody asks for rows of this tab. */
import type { CommonTexts } from './commonTexts.ts';
import { getCountdown } from './idleTexts.ts';

export interface ReleaseTexts {
  /** "Bo Berg asks for Paris". `name` is that of the row, if the application gives it */
  releaseAsked(by: string, count: number, name: string | undefined): string;
  answerWithin(leftMs: number): string;
  saveAndRelease(): string;
  release(): string;
  saving(): string;
  answerLater(): string;
  answerNo(): string;
  notSaved(): string;
  notAnswered(): string;
}

export const releaseTexts = ({ number, rows }: CommonTexts): ReleaseTexts => ({
  releaseAsked: (by, count, name) => `${by} asks for ${name ?? (count === 1 ? 'this row' : rows(count))}`,
  answerWithin: (leftMs) => `They wait for your answer for another ${getCountdown(leftMs, number)}.`,
  saveAndRelease: () => 'Save and release',
  release: () => 'Release',
  saving: () => 'Saving…',
  answerLater: () => 'Later',
  answerNo: () => 'No',
  notSaved: () => 'Your changes could not be saved, so you keep the row.',
  notAnswered: () => 'The answer could not be sent. Try again.',
});
