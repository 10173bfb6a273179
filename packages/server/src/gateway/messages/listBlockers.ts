/** `listBlockers`: the leases that a request for records would wait for, as the user may see them. */
import { createListBlockers } from '../../blockers.ts';
import { type Handler, SELECTION_COST } from './handler.ts';

export const createListBlockersHandler = (
  parts: Parameters<typeof createListBlockers>[0],
): Handler<'listBlockers'> => {
  const listBlockers = createListBlockers(parts);
  return {
    cost: SELECTION_COST,
    handle: async ({ actor }, { records }) => ({ blockers: await listBlockers(actor, records) }),
  };
};
