import { useMemo } from 'react';
import { type DraftArea, findSessionStorage } from '../core/draft/draftArea.ts';
import { type DraftShelf, getDraftShelf } from '../core/draft/draftShelf.ts';

/** The drafts in a storage. Default `sessionStorage`, if the browser allows it. `null`: those in memory. */
export const useDraftShelf = (storage: DraftArea | null | undefined): DraftShelf =>
  useMemo(
    () => getDraftShelf(storage === undefined ? findSessionStorage() : (storage ?? undefined)),
    [storage],
  );
