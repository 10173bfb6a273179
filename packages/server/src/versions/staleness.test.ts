import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { changedFieldsOf, packFields } from './changedFields.ts';
import { type ChangeDescription, type ChangeMemory, judgeStaleness } from './staleness.ts';

const ANN = { by: 'tab-of-ann', actorId: 'ann' };
const BO = { by: 'tab-of-bo', actorId: 'bo' };

const change = ({ by, actorId }: typeof ANN): ChangeDescription => ({
  by,
  actor: { id: actorId, name: actorId },
  how: 'write',
  at: 0,
});

/** The knowledge of Redis. By field: its newest version and the newest one by somebody else. By version: its author. */
const memory = (
  changed: Record<string, [version: number, otherVersion: number]>,
  authors: Record<number, typeof ANN>,
  { floor = 10, current = 100 } = {},
): ChangeMemory => ({
  floor,
  current,
  changed: new Map(
    Object.entries(changed).map(([field, [version, otherVersion]]) => [field, { version, otherVersion }]),
  ),
  descriptions: new Map(
    Object.entries(authors).map(([version, author]) => [Number(version), change(author)]),
  ),
});

const fields = (...records: RecordKey[]) => changedFieldsOf(records, new Map());
const judge = (since: number, known: ChangeMemory, author = ANN, of = fields('cities/1')) =>
  judgeStaleness(since, author, known, of);

describe('data that was loaded at a version', () => {
  it('P16: data is fresh if nothing has changed since, at any version that the memory reaches', () => {
    for (const since of [10, 50, 100]) expect(judge(since, memory({}, {}))).toEqual({ kind: 'fresh' });
  });

  it('P16: data is fresh at the version of the newest change, and old one version before', () => {
    const known = memory({ 'cities/1': [50, 0] }, { 50: BO });
    expect(judge(50, known)).toEqual({ kind: 'fresh' });
    expect(judge(49, known)).toEqual({
      kind: 'changed',
      changedCount: 1,
      changes: [{ version: 50, recordCount: 1, records: ['cities/1'], ...change(BO) }],
    });
  });

  it("P16: the writer's own changes do not make data old", () => {
    const known = memory({ 'cities/1': [50, 0] }, { 50: ANN });
    expect(judge(20, known)).toEqual({ kind: 'fresh' });
    expect(judge(20, known, BO)).toMatchObject({ kind: 'changed' });
  });

  it('P16: a change by somebody else between two own changes makes data old', () => {
    const known = memory({ 'cities/1': [52, 51] }, { 51: BO, 52: ANN });
    expect(judge(50, known)).toMatchObject({ kind: 'changed', changes: [{ version: 51, by: 'tab-of-bo' }] });
    expect(judge(51, known)).toEqual({ kind: 'fresh' });
  });

  it('P16: the session of another user is somebody else, also under the same id', () => {
    const known = memory({ 'cities/1': [50, 0] }, { 50: { ...ANN, actorId: 'bo' } });
    expect(judge(20, known)).toMatchObject({ kind: 'changed' });
  });

  it('P16: a change without a description counts as that of somebody else', () => {
    expect(judge(20, memory({ 'cities/1': [50, 0] }, {}))).toEqual({
      kind: 'changed',
      changedCount: 1,
      changes: [{ version: 50, recordCount: 1, records: ['cities/1'] }],
    });
  });

  it('P16: data is of unknown age before the floor, and at a version that was never given out', () => {
    const known = memory({}, {});
    expect(judge(9, known)).toEqual({ kind: 'unknown' });
    expect(judge(0, known)).toEqual({ kind: 'unknown' });
    expect(judge(101, known)).toEqual({ kind: 'unknown' });
  });
});

describe('changes of several records', () => {
  it('changes are listed newest first, with their records', () => {
    const known = memory(
      { 'cities/1': [50, 0], 'cities/2': [60, 0], 'cities/3': [50, 0] },
      { 50: BO, 60: BO },
    );
    const found = judge(20, known, ANN, fields('cities/1', 'cities/2', 'cities/3', 'cities/4'));
    expect(found).toMatchObject({
      changedCount: 3,
      changes: [
        { version: 60, records: ['cities/2'] },
        { version: 50, recordCount: 2, records: ['cities/1', 'cities/3'] },
      ],
    });
  });

  it('a list of changes is bounded: at most 20 changes, with at most 20 records each', () => {
    const records = Array.from({ length: 60 }, (_, i) => `cities/${i}` as const);
    const each = memory(Object.fromEntries(records.map((record, i) => [record, [20 + i, 0]])), {});
    expect(judge(10, each, ANN, fields(...records))).toMatchObject({
      changedCount: 60,
      changes: { length: 20 },
    });
    const one = memory(Object.fromEntries(records.map((record) => [record, [20, 0]])), {});
    expect(judge(10, one, ANN, fields(...records))).toMatchObject({
      changes: [{ recordCount: 60, records: { length: 20 } }],
    });
  });
});

describe('the fields of a record', () => {
  it('fields include the whole resource and all that is below an ancestor', () => {
    const below = new Map([['cities/1', ['regions/9'] as const]] as const);
    const of = changedFieldsOf(['cities/1', 'cities/2'], below);
    expect(of.get('cities/1')).toEqual(['cities/1', '^cities/*', '^regions/9']);
    expect(packFields(of)).toEqual(['cities/1\n^cities/*\n^regions/9\ncities/2']);
    const known = memory({ '^regions/9': [50, 0] }, { 50: BO });
    expect(judge(20, known, ANN, of)).toMatchObject({
      changedCount: 1,
      changes: [{ records: ['cities/1'] }],
    });
  });

  it('fields are packed in parts that a script can read at once', () => {
    const records = Array.from({ length: 9_000 }, (_, i) => `cities/${i}` as const);
    expect(packFields(fields(...records)).map((part) => part.split('\n').length)).toEqual([
      4_000, 4_000, 1_001,
    ]);
  });
});
