import type { CommonTexts } from '../commonTexts.ts';
import { getCountdown } from '../idleTexts.ts';
import type { ReleaseTexts } from '../releaseTexts.ts';

export const germanRelease = ({ number, rows }: CommonTexts): ReleaseTexts => ({
  releaseAsked: (by, count, name) => `${by} bittet um ${name ?? (count === 1 ? 'diese Zeile' : rows(count))}`,
  answerWithin: (leftMs) => `Ihre Antwort wird noch ${getCountdown(leftMs, number)} erwartet.`,
  saveAndRelease: () => 'Speichern und freigeben',
  release: () => 'Freigeben',
  saving: () => 'Speichert…',
  answerLater: () => 'Später',
  answerNo: () => 'Nein',
  notSaved: () => 'Ihre Änderungen konnten nicht gespeichert werden. Sie behalten die Zeile.',
  notAnswered: () => 'Die Antwort konnte nicht gesendet werden. Versuchen Sie es noch einmal.',
});
