/** Decides whether data is old: pure, from what Redis knows of the changes since it was loaded. */
import {
  type Actor,
  CHANGE_SAMPLE_SIZE,
  type ChangeOrigin,
  type RecordChange,
  type RecordKey,
} from '@rowlock/protocol';

/** The screen, task or part of the application that writes. Only both together name it. */
export interface Author {
  by: string;
  actorId: string;
}

/** The description of one change. */
export interface ChangeDescription {
  by: string;
  actor?: Actor;
  how: ChangeOrigin;
  at: number;
}

/** A record's newest change after a version, or that of all records below one. */
export interface ChangedField {
  version: number;
  /** The newest change by somebody else than the author of `version`. 0 if none is known */
  otherVersion: number;
}

/** The changes after a version, as Redis knows them. */
export interface ChangeMemory {
  /** The newest version */
  current: number;
  /** Changes up to this version may be forgotten */
  floor: number;
  /** By field: a record key, or `^` with a record for all that is below it */
  changed: ReadonlyMap<string, ChangedField>;
  /** By version. A version without a description counts as somebody else's */
  descriptions: ReadonlyMap<number, ChangeDescription>;
}

export type Staleness =
  | { kind: 'fresh' }
  /** The version is older than the memory, or was never given out: load the data again */
  | { kind: 'unknown' }
  | { kind: 'changed'; changes: RecordChange[]; changedCount: number };

const MAX_CHANGES = 20;

/**
 * Whether somebody else than the author has changed one of the records after `since`. `fields`: for each record, the fields
 * that say so.
 */
export function judgeStaleness(
  since: number,
  author: Author,
  memory: ChangeMemory,
  fields: ReadonlyMap<RecordKey, readonly string[]>,
): Staleness {
  if (since < memory.floor || since > memory.current) return { kind: 'unknown' };
  const recordsAt = new Map<number, RecordKey[]>();
  let changedCount = 0;
  if (memory.changed.size > 0) {
    for (const [record, names] of fields) {
      const version = newestForeign(names, author, memory);
      if (version <= since) continue;
      changedCount++;
      const records = recordsAt.get(version);
      if (records) records.push(record);
      else recordsAt.set(version, [record]);
    }
  }
  if (changedCount === 0) return { kind: 'fresh' };
  const newest = [...recordsAt].sort(([one], [other]) => other - one).slice(0, MAX_CHANGES);
  return {
    kind: 'changed',
    changedCount,
    changes: newest.map(([version, records]) => ({
      version,
      recordCount: records.length,
      records: records.slice(0, CHANGE_SAMPLE_SIZE),
      ...memory.descriptions.get(version),
    })),
  };
}

/** The newest change of each record after `since`, by anybody. If that is unknown, a change without an author names all. */
export function listNewest(
  since: number,
  { current, floor, changed, descriptions }: ChangeMemory,
  fields: ReadonlyMap<RecordKey, readonly string[]>,
): Omit<RecordChange, 'recordCount'>[] {
  if (since < floor || since > current) return [{ version: current, records: [...fields.keys()] }];
  const recordsAt = new Map<number, RecordKey[]>();
  for (const [record, names] of changed.size > 0 ? fields : []) {
    const version = Math.max(0, ...names.map((name) => changed.get(name)?.version ?? 0));
    if (version <= since) continue;
    const records = recordsAt.get(version);
    if (records) records.push(record);
    else recordsAt.set(version, [record]);
  }
  return [...recordsAt].map(([version, records]) => ({ version, records, ...descriptions.get(version) }));
}

/** The newest change of one of the fields by somebody else than the author. 0 if none is known. */
function newestForeign(names: readonly string[], author: Author, memory: ChangeMemory): number {
  let newest = 0;
  for (const name of names) {
    const field = memory.changed.get(name);
    if (!field) continue;
    const isOwn = isBy(author, memory.descriptions.get(field.version));
    newest = Math.max(newest, isOwn ? field.otherVersion : field.version);
  }
  return newest;
}

const isBy = (author: Author, change: ChangeDescription | undefined): boolean =>
  change !== undefined && change.by === author.by && (change.actor?.id ?? '') === author.actorId;
