/** `unwatch`: no more changes of these records and tasks. */
import type { Watching } from '../watching/watching.ts';
import type { Handler } from './handler.ts';

export const createUnwatch = ({ watching }: { watching: Pick<Watching, 'unwatch'> }): Handler<'unwatch'> => ({
  handle: (session, { records, tasks }) =>
    session.inOrder(async () => {
      watching.unwatch(session, records, tasks);
      return {};
    }),
});
