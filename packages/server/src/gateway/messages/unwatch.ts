/** `unwatch`: no more changes of these records and tasks. */

import type { Watching } from '../watching/watching.ts';
import { namesOf } from '../watching/watchNames.ts';
import type { Handler } from './handler.ts';

export const createUnwatch = ({ watching }: { watching: Pick<Watching, 'unwatch'> }): Handler<'unwatch'> => ({
  handle: (session, names) =>
    session.inOrder(async () => {
      watching.unwatch(session, namesOf(names));
      return {};
    }),
});
