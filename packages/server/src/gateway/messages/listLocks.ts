/** `listLocks`: a page of the leases on a resource, as the user may see them. */
import { createListResourceLocks } from '../../resourceLocks.ts';
import type { Handler } from './handler.ts';

export const createListLocks = (
  parts: Parameters<typeof createListResourceLocks>[0],
): Handler<'listLocks'> => {
  const listResourceLocks = createListResourceLocks(parts);
  return { handle: ({ actor }, query) => listResourceLocks(actor, query) };
};
