import type { CommonTexts } from '../commonTexts.ts';
import type { TrayTexts } from '../trayTexts.ts';

export const germanTray = ({ number }: CommonTexts): TrayTexts => ({
  tasks: () => 'Aufgaben',
  tasksRunning: (count) => (count === 1 ? '1 Aufgabe läuft' : `${number(count)} Aufgaben laufen`),
  tasksWaiting: (count) => (count === 1 ? '1 Aufgabe wartet' : `${number(count)} Aufgaben warten`),
  tasksFinished: (count) => (count === 1 ? '1 Aufgabe beendet' : `${number(count)} Aufgaben beendet`),
  showTasks: () => 'Aufgaben zeigen',
  hideTasks: () => 'Aufgaben verbergen',
  dismiss: (label) => `${label} entfernen`,
  clearFinished: () => 'Beendete entfernen',
  tasksOfOthers: (count) => (count === 1 ? '1 Aufgabe von anderen' : `${number(count)} Aufgaben von anderen`),
  moreFinished: (count) => `${number(count)} weitere beendet`,
  cancelPending: () => 'Wird in 5 s abgebrochen. Bis dahin läuft sie weiter.',
  undoCancel: () => 'Rückgängig',
  undoCancelOf: (label) => `Rückgängig: ${label} nicht abbrechen`,
});
