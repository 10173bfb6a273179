import type { BadgeTexts } from '../badgeTexts.ts';
import { getLabelSuffix } from '../labelSuffix.ts';

export const germanBadge = (): BadgeTexts => ({
  badgeHeld: () => 'Sie bearbeiten',
  badgePerson: (lease, isMe) =>
    isMe ? 'Sie, in einem anderen Tab' : `${lease.holder.actor.name} bearbeitet`,
  badgeNoWorker: () => 'Kein Worker',
  badgePaused: () => 'Pausiert',
  sentenceHeld: (lease) => `Sie bearbeiten diese Zeile${getLabelSuffix(lease?.holder)}.`,
  sentencePerson({ holder, mode }, isMe) {
    const isRead = mode === 'shared';
    return isMe
      ? `Sie ${isRead ? 'lesen' : 'bearbeiten'} diese Zeile in einem anderen Tab${getLabelSuffix(holder)}.`
      : `${holder.actor.name} ${isRead ? 'liest' : 'bearbeitet'} diese Zeile${getLabelSuffix(holder)}.`;
  },
  sentenceTask({ holder: { label, actor }, mode }, standing) {
    if (standing === 'paused')
      return `${label} ist pausiert. Diese Zeile bleibt gesperrt, bis die Aufgabe starten kann.`;
    if (standing === 'no-worker')
      return `${label} hat diese Zeile gesperrt, aber kein Worker führt die Aufgabe aus.`;
    if (standing === 'queued') return `${label} wartet auf den Start und hat diese Zeile gesperrt.`;
    const verb = mode === 'shared' ? 'liest' : 'ändert';
    return `${label}, gestartet von ${actor.name}, ${verb} diese Zeile.`;
  },
  sentenceUnknown: () => 'Noch nicht bekannt, ob jemand diese Zeile bearbeitet.',
  notCertain: () => 'Nicht sicher: Die Verbindung wird wiederhergestellt.',
});
