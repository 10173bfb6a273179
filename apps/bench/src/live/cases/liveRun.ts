/** Everything that a part of the bench gets, and how it opens and closes its processes. */
import { createLocks, type Holder, type LeaseHandle, type Locks } from '@rowlock/server';
import type { ScreenProcesses } from '../fleet/screenFleet.ts';
import type { BareServerCalls, BareServerSettings } from '../processes/bareServer.ts';
import type { RowlockServerCalls, RowlockServerSettings } from '../processes/rowlockServer.ts';
import { type Remote, startRemote } from '../remote/remote.ts';
import { lockedRecords, type Table } from '../screens/table.ts';

export interface LiveRun {
  redisUrl: string;
  table: Table;
  processes: ScreenProcesses;
  say(line: string): void;
}

export const startRowlockServer = (settings: RowlockServerSettings): Promise<Remote<RowlockServerCalls>> =>
  startRemote(new URL('../processes/rowlockServer.ts', import.meta.url), settings);

export const startBareServer = (settings: BareServerSettings): Promise<Remote<BareServerCalls>> =>
  startRemote(new URL('../processes/bareServer.ts', import.meta.url), settings);

const HOLDER: Holder = {
  ...{ type: 'person', id: 'bulk', label: 'Rename all cities' },
  actor: { id: 'ann', name: 'Ann Lee' },
};

export interface BulkLocks {
  /** Locks the rows of the bulk lock. */
  lock(): Promise<LeaseHandle>;
  close(): Promise<void>;
}

export async function openBulkLocks(redisUrl: string, namespace: string, table: Table): Promise<BulkLocks> {
  const locks: Locks = createLocks({ redis: redisUrl, namespace });
  await locks.start();
  const records = lockedRecords(table);
  return {
    lock: () => locks.acquire({ holder: HOLDER, records }),
    close: () => locks.close(),
  };
}

/** Runs `work`, and then closes all that it opened by `own`, the newest first. */
export async function withOwned<T>(
  work: (
    own: <Owned>(opening: Promise<Owned>, close: (owned: Owned) => Promise<unknown>) => Promise<Owned>,
  ) => Promise<T>,
): Promise<T> {
  const closings: (() => Promise<unknown>)[] = [];
  try {
    return await work(async (opening, close) => {
      const owned = await opening;
      closings.unshift(() => close(owned));
      return owned;
    });
  } finally {
    for (const close of closings) await close();
  }
}
