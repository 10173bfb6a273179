import type { CommonTexts } from '../commonTexts.ts';
import { getCountdown, type IdleTexts } from '../idleTexts.ts';

export const germanIdle = ({ number, roughDuration }: CommonTexts): IdleTexts => ({
  idleTitle: () => 'Sind Sie noch da?',
  idleNote: (leftMs) =>
    `Die Zeile, die Sie bearbeiten, wird in ${getCountdown(leftMs, number)} für andere frei. Ihre Eingaben bleiben im Formular.`,
  announceIdle: (leftMs) =>
    `Sind Sie noch da? Die Zeile, die Sie bearbeiten, wird in ${roughDuration(leftMs)} für andere frei. Drücken Sie eine Taste, um sie zu behalten.`,
  stillHere: () => 'Ich bin noch da',
});
