import type { CommonTexts } from '../commonTexts.ts';
import type { TaskTexts } from '../taskTexts.ts';

export const germanTask = ({ number, percent, rows }: CommonTexts): TaskTexts => ({
  stateWaiting: (position) =>
    position ? `Wartet auf Zeilen, an Position ${number(position)}` : 'Wartet auf Zeilen',
  stateQueued: () => 'Wartet auf den Start',
  stateRunning: () => 'Läuft',
  stateRetrying: (attempt) => `Neuer Versuch nach Versuch ${number(attempt)}`,
  stateStopping: () => 'Wird angehalten…',
  statePaused: () => 'Pausiert: Keine Aufgabe startet, bis die Warteschlange weiterläuft',
  stateNoWorker: (isStopping) =>
    isStopping
      ? 'Wird angehalten… Kein Worker führt die Aufgabe aus, sie endet in wenigen Sekunden von selbst.'
      : 'Kein Worker führt die Aufgabe aus. Die Zeilen bleiben gesperrt, bis ein Worker startet.',
  attempt: (attempt) => `Versuch ${number(attempt)}`,
  stateCompleted: (task) => (task.recordCount > 0 ? `Fertig · ${rows(task.recordCount)}` : 'Fertig'),
  stateFailed: (task) => (task.error ? `Fehlgeschlagen: ${task.error}` : 'Fehlgeschlagen'),
  stateCancelled: () => 'Abgebrochen',
  stateMissing: () => 'Der Server kennt diese Aufgabe nicht mehr. Niemand weiß, wie sie geendet hat.',
  doneOf: (done, total) => (total === null ? number(done) : `${number(done)} von ${number(total)}`),
  startedBy: (task) => `Gestartet von ${task.actor.name}`,
  announceProgress: (label, fraction) => `${label}: ${percent(fraction)} erledigt.`,
  announceState: (label, state) => `${label}: ${state}`,
  cancelTask: () => 'Abbrechen',
  cancelTaskOf: (label) => `${label} abbrechen`,
});
