import type { CommonTexts } from '../commonTexts.ts';
import type { DashboardTexts } from '../dashboardTexts.ts';

const STATES = {
  all: 'Alle Zustände',
  open: 'Offen',
  completed: 'Fertig',
  failed: 'Fehlgeschlagen',
  cancelled: 'Abgebrochen',
} as const;

export const germanDashboard = ({ number }: CommonTexts): DashboardTexts => ({
  dashboardTitle: () => 'Aufgaben',
  searchTasks: () => 'Aufgaben suchen',
  filterState: () => 'Zustand',
  filterStateOption: (option) => STATES[option],
  filterName: () => 'Art der Aufgabe',
  allNames: () => 'Alle Arten',
  onlyMine: () => 'Eigene',
  clearFilters: () => 'Filter entfernen',
  noTasks: () => 'Es gibt noch keine Aufgaben.',
  noMatch: () => 'Keine Aufgabe passt zu diesen Filtern.',
  olderTasks: () => 'Ältere Aufgaben zeigen',
  tasksStale: () => 'Das kann veraltet sein. Es wird aktualisiert, sobald die Verbindung zurück ist.',
  perMinute: () => 'Beendet pro Minute',
  throughputSummary: (count, minutes) =>
    `${number(count)} ${count === 1 ? 'Aufgabe' : 'Aufgaben'} in den letzten ${number(minutes)} min beendet`,
  minutesAgo: (minutes) => (minutes === 0 ? 'Jetzt' : `Vor ${number(minutes)} min`),
  oldestWaiting: () => 'Wartet am längsten',
  nothingWaits: () => 'Keine Aufgabe wartet',
  openTask: (label) => `${label} öffnen`,
  created: () => 'Angelegt',
  notBefore: () => 'Nicht vor',
  started: () => 'Begonnen',
  attempts: () => 'Versuche',
  ended: () => 'Beendet',
  stages: () => 'Abschnitte',
  log: () => 'Protokoll',
  noLog: () => 'Die Aufgabe hat nichts geschrieben.',
  children: () => 'Von ihr gestartete Aufgaben',
  parent: () => 'Gestartet von',
  retryOf: () => 'Wiederholung von',
  input: () => 'Eingabe',
});
