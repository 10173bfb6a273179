import { createRowlock, type Rowlock, type TaskDefinition } from '@rowlock/server';

export const ACTOR = { id: 'bench', name: 'Bench' };

/** Opens Rowlock with these tasks. Every user may do everything. */
export async function openTasks(
  redisUrl: string,
  namespace: string,
  tasks: readonly TaskDefinition[],
): Promise<Rowlock> {
  const rowlock = createRowlock({
    redis: redisUrl,
    namespace,
    resources: ['cities'],
    tasks,
    auth: {
      authenticate: () => ACTOR,
      authorize: () => true,
    },
  });
  await rowlock.start();
  return rowlock;
}
