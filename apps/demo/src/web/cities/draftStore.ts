/** Stores the drafts of this tab, so that no edits are lost when the drawer closes or the page reloads. */
import { currentSession } from '../session.ts';
import { type Draft, isEdited } from './draft.ts';

const keyOf = (cityId: number): string => `gazetteer.draft.${currentSession()?.user.id ?? ''}.${cityId}`;

export function readDraft(cityId: number): Draft | undefined {
  const stored = sessionStorage.getItem(keyOf(cityId));
  try {
    return stored ? (JSON.parse(stored) as Draft) : undefined;
  } catch {
    return undefined;
  }
}

export function keepDraft(draft: Draft): void {
  const key = keyOf(draft.base.id);
  if (isEdited(draft)) sessionStorage.setItem(key, JSON.stringify(draft));
  else sessionStorage.removeItem(key);
}

export const forgetDraft = (cityId: number): void => sessionStorage.removeItem(keyOf(cityId));
