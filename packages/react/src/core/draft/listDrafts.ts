import type { RecordKey } from '@rowlock/protocol';
import { type DraftArea, findSessionStorage } from './draftArea.ts';
import { getDraftShelf } from './draftShelf.ts';

/**
 * The rows of a resource with drafts of a user in this tab, for example `['cities/1']`.
 *
 * @param options.storage  As of `useDraft`. Default `sessionStorage`
 */
export const listDrafts = (
  resource: string,
  { userId, storage = findSessionStorage() }: { userId: string; storage?: DraftArea | null | undefined },
): readonly RecordKey[] => getDraftShelf(storage ?? undefined).list(userId, resource);
