import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import type { Session } from '../session/session.ts';
import { WatchedRecords } from '../view/watchedRecords.ts';
import { createChangeWatch } from './changeWatch.ts';

/** A gateway with one session on two records, which has read version 10, and what Redis answers about later changes. */
async function gatewayAt10(missed: { version: number; records: RecordKey[]; by?: string }[], current = 12) {
  const noted: RecordKey[][] = [];
  const asked: number[] = [];
  const session = { noteChanged: (keys: RecordKey[]) => void noted.push(keys) } as unknown as Session;
  const watched = new WatchedRecords<Session>();
  watched.watch(['cities/1', 'cities/2'], session);
  const changeWatch = createChangeWatch({
    watched,
    versions: {
      current: async () => 10,
      async newestChanges(_records, since) {
        asked.push(since);
        return { current, changes: missed };
      },
    },
  });
  await changeWatch.begin();
  return { changeWatch, watched, noted, asked };
}

const entry = (version: number, chunk: string) =>
  ({ kind: 'changed', position: '5-0', version, by: 'tab', how: 'write', chunk }) as const;

describe('the changes of watched records', () => {
  it('a change reaches the watchers of its records', async () => {
    const { changeWatch, noted, watched } = await gatewayAt10([]);
    changeWatch.apply(entry(11, 'cities\n2\n3'));
    expect(noted).toEqual([['cities/2']]);
    expect(watched.changes.version).toBe(11);
  });

  it('P9: changes that were missed are found after a gap, and each is sent once', async () => {
    const { changeWatch, noted, asked, watched } = await gatewayAt10([
      { version: 12, records: ['cities/1'], by: 'import' },
    ]);
    await changeWatch.reload();
    expect(asked).toEqual([10]);
    expect(noted).toEqual([['cities/1']]);
    changeWatch.apply(entry(12, 'cities\n1'));
    expect(noted).toHaveLength(1);
    await changeWatch.reload();
    expect(asked).toEqual([10, 12]);
    expect(watched.changes.of(['cities/1'])).toMatchObject([{ version: 12, by: 'import' }]);
  });

  it('P9: each record may have changed if the missed changes are unknown', async () => {
    const { changeWatch, noted } = await gatewayAt10([{ version: 12, records: ['cities/1', 'cities/2'] }]);
    await changeWatch.reload();
    expect(noted).toEqual([['cities/1', 'cities/2']]);
  });
});
