import type { Actor, Holder, LeaseView, RecordChange, TaskView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { handClock } from '../test/fixtures/handClock.ts';
import { createHolderRedaction, type DescribeHolder } from './holderRedaction.ts';

const ann: Actor = { id: 'ann', name: 'Ann Lee' };
const bo: Actor = { id: 'bo', name: 'Bo' };
const holder: Holder = { type: 'person', id: 'tab-1', label: 'Edit Paris', actor: ann };
const lease: LeaseView = { id: '7', holder, mode: 'exclusive', since: 5, recordCount: 2 };
const task = { id: 't1', label: 'Pay Ann', actor: ann, version: 3 } as TaskView;
const change: RecordChange = {
  version: 9,
  recordCount: 1,
  records: ['cities/1'],
  how: 'write',
  by: 'tab-1',
  actor: ann,
};

const staff: DescribeHolder = () => ({ label: 'Our team', actor: { id: 'team', name: 'Our team' } });

function redactionBy(describeHolder: DescribeHolder | undefined) {
  const clock = handClock();
  const failures: unknown[] = [];
  const redaction = createHolderRedaction({
    describeHolder,
    signIns: {
      userOf: (actor) => ({ ...actor, role: 'customer' }),
      sharedQuestionOf: ({ id }) => (id === 'odd' ? undefined : id),
    },
    clock,
    keptMs: 10_000,
    onFailed: (error) => failures.push(error),
  });
  return { redaction, clock, failures };
}

describe('the holders that a user sees', () => {
  it('a holder is as the application describes it, wherever an answer names it', () => {
    const { redaction } = redactionBy(staff);
    const seen = redaction.body(bo, { leases: [lease], tasks: [task], task, changed: [change], by: ann });
    expect(JSON.stringify(seen)).not.toContain('Ann');
    expect(seen.leases[0]).toEqual({
      ...lease,
      holder: { ...holder, label: 'Our team', actor: { id: 'team', name: 'Our team' } },
    });
    expect(seen.task).toMatchObject({ id: 't1', version: 3, label: 'Our team' });
    expect(
      JSON.stringify(redaction.conflict(bo, { lease, task, recordCount: 1, records: [] })),
    ).not.toContain('Ann');
    expect(JSON.stringify(redaction.changes(bo, [change]))).not.toContain('Ann');
  });

  it('viewers who look alike are named once, and all of them count', () => {
    const { redaction } = redactionBy(staff);
    const viewers = { 'cities/1': { actors: [ann, { id: 'cy', name: 'Cy' }, bo], count: 30 } };
    const team = { id: 'team', name: 'Our team' };
    const seen = redaction.body(bo, { viewers });
    expect(seen.viewers).toEqual({ 'cities/1': { actors: [team, bo], count: 30 } });
    expect(redaction.body(bo, seen)).toEqual(seen);
  });

  it('without describeHolder everybody sees everything', () => {
    const { redaction } = redactionBy(undefined);
    const body = { leases: [lease] };
    expect(redaction.body(bo, body)).toBe(body);
  });

  it('users see their own leases and tasks as they are', () => {
    const { redaction } = redactionBy(staff);
    expect(redaction.body(ann, { leases: [lease], task })).toEqual({ leases: [lease], task });
  });

  it('a describeHolder that throws or returns something else hides the whole holder', () => {
    const fails = redactionBy(() => {
      throw new Error('No such role');
    });
    const malformed = redactionBy(() => ({ label: 'x' }) as never);
    for (const { redaction, failures } of [fails, malformed]) {
      expect(redaction.holder(bo, holder)).toMatchObject({ label: 'Somebody', actor: { id: 'hidden' } });
      expect(failures).toHaveLength(1);
    }
  });

  it('nobody, who is not signed in, sees nothing of a holder', () => {
    const { redaction } = redactionBy(({ holder: { label, actor } }) => ({ label, actor }));
    expect(JSON.stringify(redaction.holder(null, holder))).not.toContain('Ann');
  });

  it('an object that passes twice is described once', () => {
    const { redaction } = redactionBy(({ holder: { label, actor } }) => ({ label: `${label}!`, actor }));
    const once = redaction.body(bo, { leases: [lease] });
    expect(redaction.body(bo, once).leases[0]!.holder.label).toBe('Edit Paris!');
  });

  it('the application is asked once for a holder and a user, until its answer is too old or has changed', () => {
    let asked = 0;
    const { redaction, clock } = redactionBy(({ watcher }) => {
      asked += 1;
      return { label: String((watcher as Actor & { role: string }).role), actor: ann };
    });
    for (let i = 0; i < 100; i++) redaction.body(bo, { leases: [lease] });
    expect(asked).toBe(1);
    redaction.body({ id: 'chen', name: 'Chen' }, { leases: [lease] });
    expect(asked).toBe(2);
    clock.turn(10_000);
    redaction.body(bo, { leases: [lease] });
    expect(asked).toBe(3);
    redaction.forget();
    expect(redaction.holder(bo, holder).label).toBe('customer');
    expect(asked).toBe(4);
  });

  it('the application is asked each time about a user whose fields cannot be compared', () => {
    let asked = 0;
    const { redaction } = redactionBy(() => {
      asked += 1;
      return { label: 'x', actor: ann };
    });
    for (let i = 0; i < 3; i++) redaction.holder({ id: 'odd', name: 'Odd' }, holder);
    expect(asked).toBe(3);
  });
});
