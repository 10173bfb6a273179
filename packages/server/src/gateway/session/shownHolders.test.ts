import { randomUUID } from 'node:crypto';
import type { LeaseView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { RecordLeases } from '../view/recordLeases.ts';
import { ShownHolders } from './shownHolders.ts';

const leaseOf = (taskId: string): LeaseView => ({
  id: '7',
  mode: 'exclusive',
  holder: { type: 'task', id: taskId, label: 'Rename', actor: { id: 'ann', name: 'Ann' } },
  since: 0,
  recordCount: 1,
});
const labelOf = (holders: ShownHolders, taskId: string) => holders.asSeen(leaseOf(taskId)).holder.label;

describe('the holders that a session may see', () => {
  it('P12: a task without an answer of authorize is shown without its label', () => {
    const holders = new ShownHolders(new RecordLeases());
    expect(labelOf(holders, randomUUID())).toBe('A task');
  });

  it('a granted task is shown in the next message alone, since the answer may change', () => {
    const holders = new ShownHolders(new RecordLeases());
    const id = randomUUID();
    holders.grant(id);
    expect(labelOf(holders, id)).toBe('Rename');
    holders.forgetGranted();
    expect(labelOf(holders, id)).toBe('A task');
  });

  it('a granted task says once that it was sent without its label', () => {
    const holders = new ShownHolders(new RecordLeases());
    const id = randomUUID();
    expect(holders.grant(id)).toBe(false);
    holders.forgetGranted();
    holders.asSeen(leaseOf(id));
    expect(holders.grant(id)).toBe(true);
    expect(holders.grant(id)).toBe(false);
  });

  it('work of the application that is no task always shows its label', () => {
    const holders = new ShownHolders(new RecordLeases());
    expect(labelOf(holders, 'nightly import')).toBe('Rename');
  });

  it('only tasks that hold a watched record are remembered beyond 1,000 hidden tasks', () => {
    const leases = new RecordLeases();
    const holders = new ShownHolders(leases);
    const ids = Array.from({ length: 1_000 }, () => randomUUID());
    leases.set('cities/1', ['7'], () => leaseOf(ids[0]!));
    for (const id of [...ids, randomUUID()]) holders.asSeen(leaseOf(id));
    expect(holders.grant(ids[0]!)).toBe(true);
    expect(holders.grant(ids[1]!)).toBe(false);
  });
});
