/** The settings of all Rowlocks of a run. Both the disconnect grace and the restart grace are short, so that a run shows their ends. */
import type { Actor } from '@rowlock/protocol';
import type { RowlockOptions } from '@rowlock/server';
import { timedTask } from './timedTask.ts';

export const rowlockOptions = (redis: string, namespace: string): RowlockOptions => ({
  redis,
  namespace,
  resources: ['cities'],
  tasks: [timedTask],
  auth: {
    authenticate: ({ auth: { token } }): Actor | null =>
      typeof token === 'string' ? { id: token, name: token } : null,
    authorize: () => true,
  },
  sessions: { disconnectGraceMs: 1_000 },
  recovery: { graceMs: 1_000 },
  logger: { info() {}, warn() {}, error: (message, error) => console.error(message, error) },
});
