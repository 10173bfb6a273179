import type { CommonTexts } from '../commonTexts.ts';
import type { ConflictTexts } from '../conflictTexts.ts';

export const germanConflict = ({ number, rows }: CommonTexts): ConflictTexts => ({
  conflictTitle({ blocked, total, name, isOnlyRead }) {
    const participle = isOnlyRead ? 'gelesen' : 'geändert';
    if (name !== undefined) return `${name} wird gerade ${participle}`;
    if (total === 1) return `Diese Zeile wird gerade ${participle}`;
    const verb = blocked === 1 ? 'wird' : 'werden';
    if (total === undefined) return `${rows(blocked)} ${verb} gerade ${participle}`;
    if (blocked >= total) return `Alle ${rows(total)} werden gerade ${participle}`;
    return `${number(blocked)} von ${rows(total)} ${verb} gerade ${participle}`;
  },
  freeTitle({ total, name }) {
    if (name !== undefined) return `${name} ist wieder frei`;
    if (total === 1) return 'Diese Zeile ist wieder frei';
    return total === undefined ? 'Die Zeilen sind wieder frei' : `Alle ${rows(total)} sind frei`;
  },
  freeNote: () => 'Niemand sonst ändert die Zeilen. Sie können fortfahren.',
  unavailableTitle: () => 'Sperren können gerade nicht geprüft werden',
  refusedTitle: () => 'Das war nicht möglich',
  holderTitle({ holder, mode }, isMe) {
    if (holder.type === 'task') return holder.label;
    const isRead = mode === 'shared';
    if (isMe) return `Sie ${isRead ? 'lesen' : 'bearbeiten'} in einem anderen Tab`;
    return `${holder.actor.name} ${isRead ? 'liest' : 'bearbeitet'}`;
  },
  holderDetail(holder) {
    if (holder.type === 'task') return `Gestartet von ${holder.actor.name}`;
    return holder.label === holder.actor.name ? '' : holder.label;
  },
  rowNames(names, more) {
    const listed = names.join(', ');
    return more > 0 ? `${listed} und ${number(more)} weitere` : listed;
  },
  endedCompleted: () => 'Fertig. Die Zeilen sind frei und zeigen ihre neuen Werte.',
  endedFailed: (task) =>
    `Fehlgeschlagen${task.error ? `: ${task.error}` : '.'} Die Zeilen sind frei. Einige können vorher geändert worden sein.`,
  endedCancelled: () => 'Abgebrochen. Die Zeilen sind frei. Frühere Änderungen bleiben.',
  endedPerson: (holder, isMe) =>
    isMe
      ? 'Ihr anderer Tab bearbeitet diese Zeilen nicht mehr.'
      : `${holder.actor.name} bearbeitet diese Zeilen nicht mehr.`,
  endedUnknown: () => 'Die Zeilen sind frei. Niemand weiß, wie die Aufgabe geendet hat.',
  continueWithFree: (count) =>
    count === 1 ? 'Mit der freien Zeile fortfahren' : `Mit den ${number(count)} freien Zeilen fortfahren`,
  retryWhenFree: () => 'Wiederholen, sobald frei',
  waitingUntilFree: () => 'Wartet, bis frei…',
  retryWhenPossible: () => 'Wiederholen, sobald möglich',
  waitingUntilPossible: () => 'Wartet…',
  continueNow: () => 'Fortfahren',
  staleNote: () => 'Nicht sicher – die Verbindung wird wiederhergestellt…',
});
