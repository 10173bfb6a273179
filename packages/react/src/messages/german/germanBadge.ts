import type { BadgeTexts } from '../badgeTexts.ts';
import type { CommonTexts } from '../commonTexts.ts';
import { getLabelSuffix } from '../labelSuffix.ts';

export const germanBadge = ({ percent, timeLeft }: CommonTexts): BadgeTexts => ({
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
  sentenceTask(lease, task) {
    const { label, actor } = lease.holder;
    const verb = lease.mode === 'shared' ? 'liest' : 'ändert';
    const start = `${label}, gestartet von ${actor.name}, ${verb} diese Zeile`;
    if (!task) return `${start}.`;
    if (task.isPaused)
      return `${label} ist pausiert. Diese Zeile bleibt gesperrt, bis die Aufgabe starten kann.`;
    if (!task.hasWorker) return `${label} hat diese Zeile gesperrt, aber kein Worker führt die Aufgabe aus.`;
    if (task.state === 'queued') return `${label} wartet auf den Start und hat diese Zeile gesperrt.`;
    const { done, total, etaMs } = task.progress;
    if (!total) return `${start}.`;
    const left = etaMs === undefined ? '' : `, ${timeLeft(etaMs)}`;
    return `${start}: ${percent(done / total)}${left}.`;
  },
  sentenceUnknown: () => 'Noch nicht bekannt, ob jemand diese Zeile bearbeitet.',
  notCertain: () => 'Nicht sicher: Die Verbindung wird wiederhergestellt.',
});
