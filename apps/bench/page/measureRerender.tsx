import { recordKey } from '@rowlock/protocol';
import { LockBadge, RowlockProvider, useRecordLock } from '@rowlock/react';
import { createRowlockClient } from '@rowlock/react/core';
import { createMemoryTransport, MemoryServer } from '@rowlock/react/testing';
import { memo } from 'react';
import { onPage } from './onPage.tsx';
import type { RerenderResult } from './results.ts';
import { nextFrame, untilTrue } from './untilTrue.ts';

const renders = new Map<number, number>();

const Row = memo(function Row({ id }: { id: number }) {
  renders.set(id, (renders.get(id) ?? 0) + 1);
  const lock = useRecordLock('cities', id);
  return (
    <tr data-kind={lock.kind}>
      <td>
        <LockBadge lock={lock} />
      </td>
      <td>City {id}</td>
    </tr>
  );
});

/** One lock event for three of the rows: which rows render again? */
export async function measureRerender(rows: number): Promise<RerenderResult> {
  renders.clear();
  const server = new MemoryServer({ limits: { watchedRecords: rows } });
  const client = createRowlockClient({ transport: createMemoryTransport({ server }), storage: null });
  const ids = Array.from({ length: rows }, (_, id) => id);
  const root = onPage(
    <RowlockProvider client={client}>
      <table>
        <tbody>
          {ids.map((id) => (
            <Row key={id} id={id} />
          ))}
        </tbody>
      </table>
    </RowlockProvider>,
  );
  const count = (kind: string) => document.querySelectorAll(`tr[data-kind="${kind}"]`).length;
  await untilTrue('all rows to be known', () => count('free') === rows);
  const before = new Map(renders);
  const concerned = [10, 20, 30].filter((id) => id < rows);
  server.hold(
    concerned.map((id) => recordKey('cities', id)),
    { actor: { id: 'bo', name: 'Bo Berg' } },
  );
  await untilTrue('the lock to be shown', () => count('person') === concerned.length);
  await nextFrame();
  const rendered = ids.filter((id) => renders.get(id) !== before.get(id)).length;
  root.unmount();
  return { rows, concerned: concerned.length, rendered };
}
