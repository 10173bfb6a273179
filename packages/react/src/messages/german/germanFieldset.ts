import type { FieldsetTexts } from '../fieldsetTexts.ts';

export const germanFieldset = (): FieldsetTexts => ({
  readOnlyBecause({ holder, mode }, isMe, others) {
    if (others > 0) return 'Nur lesbar: Andere ändern das gerade.';
    const isRead = mode === 'shared';
    if (isMe && holder.type === 'person') {
      return `Nur lesbar: Sie ${isRead ? 'lesen' : 'bearbeiten'} das in einem anderen Tab.`;
    }
    if (holder.type === 'task')
      return `Nur lesbar: ${holder.label} ${isRead ? 'liest' : 'ändert'} das gerade.`;
    return `Nur lesbar: ${holder.actor.name} ${isRead ? 'liest' : 'bearbeitet'} das gerade.`;
  },
});
