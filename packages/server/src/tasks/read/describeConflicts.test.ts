import type { Conflict, LeaseView, TaskView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { ConflictError, DeadlockError } from '../../errors.ts';
import { UNREDACTED } from '../../holderRedaction.ts';
import { createDescribeConflicts, redactConflict } from './describeConflicts.ts';

const ann = { id: 'ann', name: 'Ann' };
const bo = { id: 'bo', name: 'Bo' };
const TASK_ID = '0b7d6c1e-5f0a-4c8e-9a43-2f6f3d1c7a10';
const task = {
  id: TASK_ID,
  name: 'pay',
  label: 'Pay Ann',
  version: 3,
  result: { salary: 1 },
} as unknown as TaskView;

const conflict = (holder: LeaseView['holder']): Conflict => ({
  lease: { id: '7', holder, mode: 'exclusive', since: 5, recordCount: 2 },
  recordCount: 1,
  records: ['cities/1'],
});
const byTask = conflict({ type: 'task', id: TASK_ID, label: 'Pay Ann', actor: ann });
const byPerson = conflict({ type: 'person', id: 'tab', label: 'Edit Paris', actor: ann });
const byOwnWork = conflict({ type: 'task', id: 'nightly-import', label: 'Nightly import', actor: ann });

const explainWith = (mayWatch: () => boolean | Promise<boolean>, getMany = async () => [task]) =>
  createDescribeConflicts({ getMany, get: async () => task }, { mayWatch, redaction: UNREDACTED });

describe('a conflict', () => {
  it('a conflict shows a task that the reader may watch, but never its result', async () => {
    const [seen] = await explainWith(() => true)([byTask], { visibleTo: bo });
    expect(seen).toMatchObject({
      lease: { holder: { label: 'Pay Ann' } },
      task: { label: 'Pay Ann', version: 3 },
    });
    expect(seen!.task).not.toHaveProperty('result');
  });

  it.each([
    ['may not watch', () => false],
    ['cannot be asked about', () => Promise.reject(new Error('The database is away'))],
  ])(
    'P12: a conflict hides a task that the reader %s, except its actor, its time and its number of rows',
    async (_, mayWatch) => {
      const [seen] = await explainWith(mayWatch)([byTask], { visibleTo: bo });
      expect(seen).toEqual({
        ...byTask,
        lease: { ...byTask.lease, holder: { type: 'task', id: TASK_ID, label: 'A task', actor: ann } },
      });
    },
  );

  it('P12: a conflict hides its task from anonymous readers, and if Redis cannot be reached', async () => {
    const away = () => Promise.reject(new Error('Redis is away'));
    const label = async (seen: Promise<Conflict[]>) => (await seen)[0]!.lease.holder.label;
    expect(await label(explainWith(() => true)([byTask], { visibleTo: null }))).toBe('A task');
    expect(await label(explainWith(() => true, away)([byTask], { visibleTo: bo }))).toBe('A task');
  });

  it('a conflict shows the label of a person, and of work of the application that is not a task', async () => {
    const seen = await explainWith(
      () => false,
      async () => [],
    )([byPerson, byOwnWork], { visibleTo: bo });
    expect(seen).toEqual([byPerson, byOwnWork]);
  });

  it('a conflict hides nothing from the application itself', async () => {
    const [seen] = await explainWith(() => false)([byTask]);
    expect(seen).toMatchObject({ lease: { holder: { label: 'Pay Ann' } }, task: { label: 'Pay Ann' } });
  });
});

describe('the words of a refusal', () => {
  it.each([ConflictError, DeadlockError])(
    'P12: the words of a refusal do not name a hidden task (%o)',
    async (Kind) => {
      const seen = await redactConflict(
        { describeConflicts: explainWith(() => false) },
        new Kind([byTask]),
        bo,
      );
      expect(seen).toBeInstanceOf(Kind);
      expect(seen.message).toContain('"A task"');
      expect(JSON.stringify(seen.toBody())).not.toContain('Pay');
    },
  );

  it('the words of a refusal stay as they are if nothing is hidden', async () => {
    const error = new ConflictError([byTask], 'Held by your own form.');
    const seen = await redactConflict({ describeConflicts: explainWith(() => true) }, error, bo);
    expect(seen.message).toBe('Held by your own form.');
  });
});
