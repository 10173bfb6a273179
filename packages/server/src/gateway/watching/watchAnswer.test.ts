import { expect, it } from 'vitest';
import type { Session } from '../session/session.ts';
import { WatchedTasks } from '../view/watchedTasks.ts';
import { createAnswerWatch } from './watchAnswer.ts';

it('P9: the answer to watch contains a lock that came while the missed changes were read', async () => {
  let leases: string[] = [];
  const answerWatch = createAnswerWatch({
    watchedTasks: new WatchedTasks<Session>(),
    readRowHolders: async () => ({ permitted: [], unanswered: [] }),
    store: { getMany: async () => [] },
    tasks: { list: async () => ({ tasks: [] }) },
    permissions: { mayWatch: () => true },
    changeWatch: {
      async listSince() {
        leases = ['7'];
        return [];
      },
    },
  });
  const session = { viewOf: () => ({ records: { 'cities/1': leases } }) } as unknown as Session;
  const names = { records: ['cities/1' as const], tasks: [], resources: [], presence: [], since: 5 };
  const view = await answerWatch(session, names, { position: '1-0', ancestors: new Map() });
  expect(view.records).toEqual({ 'cities/1': ['7'] });
  expect(view.changed).toEqual([]);
});
