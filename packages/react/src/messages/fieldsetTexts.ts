/** The texts of `<LockedFieldset>`: why a form cannot be changed now. */
import type { LeaseView } from '@rowlock/protocol';

export interface FieldsetTexts {
  /** `others`: the number of further holders */
  readOnlyBecause(lease: LeaseView, isMe: boolean, others: number): string;
}

export const fieldsetTexts = (): FieldsetTexts => ({
  readOnlyBecause({ holder, mode }, isMe, others) {
    const verb = mode === 'shared' ? 'reading' : holder.type === 'task' ? 'changing' : 'editing';
    if (others > 0) return 'Read only: others are changing this.';
    if (isMe && holder.type === 'person') return `Read only: you are ${verb} this in another tab.`;
    const who = holder.type === 'task' ? holder.label : holder.actor.name;
    return `Read only: ${who} is ${verb} this.`;
  },
});
