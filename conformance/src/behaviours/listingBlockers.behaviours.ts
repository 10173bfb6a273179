/** `listBlockers`, and the rows that a task finishes before its end. */
import type { Blocker, RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import type { Connection, OpenSubject } from '../subject/subject.ts';
import { acquire, codeOf, joinWaitList, seesLeases, seesTask, watch } from './tabs.ts';

async function blockersOf(tab: Connection, ...records: RecordKey[]): Promise<Blocker[]> {
  const answer = await tab.request('listBlockers', { records });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.blockers;
}

export function listingBlockers(open: OpenSubject): void {
  describe('listBlockers', () => {
    it('the answer names each lease with the asked records, and their places in the order of its task', async () => {
      const { connect, startTask } = await open();
      const ann = await connect('ann');
      const held = await acquire(ann, 'cities/9');
      const task = await startTask({ label: 'Rename', records: ['cities/3', 'cities/1', 'cities/2'] });
      const blockers = await blockersOf(ann, 'cities/1', 'cities/2', 'cities/8', 'cities/9');
      expect(blockers).toHaveLength(2);
      const [own, other] = blockers;
      expect(own).toMatchObject({ lease: { id: held.leaseId }, records: ['cities/9'], isSameUser: true });
      expect(own).not.toHaveProperty('order');
      expect(other).toMatchObject({ lease: { recordCount: 3 }, task: { id: task.id, label: 'Rename' } });
      const places = new Map(other!.records.map((record, i) => [record, other!.order?.[i]]));
      expect([places.get('cities/1'), places.get('cities/2')]).toEqual([1, 2]);
    });

    it('a finished record is free, and the places of the others stay', async () => {
      const { connect, startTask } = await open();
      const ann = await connect('ann');
      const task = await startTask({ label: 'Rename', records: ['cities/1', 'cities/2', 'cities/3'] });
      await watch(ann, 'cities/1', 'cities/2');
      await task.finish('cities/1');
      await seesLeases(ann, 'cities/1', 0);
      await seesTask(ann, task.id, 'a finished record', ({ finishedCount }) => finishedCount === 1);
      expect(await blockersOf(ann, 'cities/1', 'cities/2')).toMatchObject([
        { lease: { recordCount: 2 }, task: { finishedCount: 1 }, records: ['cities/2'], order: [1] },
      ]);
    });

    it('a waiting lease comes after those in force, and says how far it waits for them', async () => {
      const { connect, startTask } = await open();
      const [ann, bo, cy] = [await connect('ann'), await connect('bo'), await connect('cy')];
      await startTask({ label: 'Rename', records: ['cities/1', 'cities/2', 'cities/3'] });
      const first = await joinWaitList(bo, 'cities/1', 'cities/2');
      const second = await joinWaitList(cy, 'cities/1');
      const blockers = await blockersOf(ann, 'cities/1');
      const running = blockers[0]!.lease.id;
      expect(blockers).toMatchObject([
        { order: [0] },
        { lease: { id: first.waiting.id }, isWaiting: true },
        { lease: { id: second.waiting.id }, isWaiting: true },
      ]);
      expect(blockers[1]!.waitsFor).toEqual([{ leaseId: running, until: 1 }]);
      expect(blockers[2]!.waitsFor).toHaveLength(2);
      expect(blockers[2]!.waitsFor).toEqual(
        expect.arrayContaining([{ leaseId: running, until: 0 }, { leaseId: first.waiting.id }]),
      );
    });

    it('P12: a user who may not watch the task gets no places, and who may not watch the records nothing', async () => {
      const { connect, startTask } = await open({
        authorize: ({ actor, task, records = [] }) =>
          (task === undefined || actor.id !== 'ann') && !records.includes('cities/9'),
      });
      const [ann, bo] = [await connect('ann'), await connect('bo')];
      await startTask({ label: 'Merge', records: ['cities/1', 'cities/2'] });
      await joinWaitList(bo, 'cities/2');
      const [running, waiting] = await blockersOf(ann, 'cities/2');
      expect(running).toMatchObject({ lease: { holder: { label: 'A task' } }, records: ['cities/2'] });
      expect(running).not.toHaveProperty('task');
      expect(running).not.toHaveProperty('order');
      expect(waiting!.waitsFor).toEqual([{ leaseId: running!.lease.id }]);
      expect(codeOf(await ann.request('listBlockers', { records: ['cities/9'] }))).toBe('forbidden');
      expect(codeOf(await ann.request('listBlockers', { records: ['planets/1'] }))).toBe('unknown_resource');
    });
  });
}
