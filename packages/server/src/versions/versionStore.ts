/** The versions of a namespace in Redis. Each verb is one script, or one for each 10,000 records. */
import type { Actor, ChangeOrigin, RecordKey } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import { packRecords, splitIntoParts } from '../locks/registry/packedRecords.ts';
import { MAX_RECORDS_PER_STEP } from '../locks/registry/requests.ts';
import type { Keys } from '../redis/keys.ts';
import type { RunHint } from '../redis/runHint.ts';
import { script } from '../redis/scripts.ts';
import { packFields } from './changedFields.ts';
import type { ChangeDescription, ChangedField, ChangeMemory } from './staleness.ts';
import { toVersionSettings, type VersionMemory } from './versionMemory.ts';

export interface NewChange {
  /** At least one. A whole resource stands for all of its records */
  records: readonly RecordKey[];
  /** Those of the records with which all that is below them has changed. Default none */
  subtrees?: readonly RecordKey[];
  by: string;
  actor?: Actor | undefined;
  how: ChangeOrigin;
}

export interface VersionStore {
  /** The version of the namespace's newest change, or where its versions begin. */
  current(): Promise<number>;
  /** Stores a change, and returns its version: the last one, if it has more than 10,000 records. */
  note(change: NewChange): Promise<number>;
  /** The known changes after a version. `fields`: by record, as `changedFieldsOf` lists them. */
  changesSince(version: number, fields: ReadonlyMap<RecordKey, readonly string[]>): Promise<ChangeMemory>;
}

type SinceReply = [current: string, floor: string, runId: string, changed: string[], described: string[]];

/** `runHint`: the registry's, on the same connection. @throws {TypeError} if a setting is malformed */
export function createVersionStore(
  redis: Redis,
  keys: Keys,
  { runHint, memory }: { runHint: RunHint; memory?: VersionMemory | undefined },
): VersionStore {
  const settings = toVersionSettings(memory);
  const load = (name: string) => script(redis, keys.prefix, new URL(`./lua/${name}.lua`, import.meta.url));
  const scripts = {
    current: load('currentVersion'),
    note: load('noteChanged'),
    changesSince: load('changesSince'),
  };

  return {
    async current() {
      const [version, runId] = (await scripts.current(runHint.current(), ...settings)) as [string, string];
      runHint.note(runId);
      return Number(version);
    },

    async note({ records, subtrees = [], by, actor, how }) {
      let version = 0;
      for (const chunks of splitIntoParts(packChanged(records, subtrees), MAX_RECORDS_PER_STEP)) {
        const about = [by, actor ? JSON.stringify(actor) : '', how];
        const args = [runHint.current(), ...settings, ...about, ...chunks];
        const [noted, runId] = (await scripts.note(...args)) as [string, string];
        runHint.note(runId);
        version = Number(noted);
      }
      return version;
    },

    async changesSince(version, fields) {
      const args = [runHint.current(), version, ...packFields(fields)];
      const [current, floor, runId, changed, described] = (await scripts.changesSince(...args)) as SinceReply;
      runHint.note(runId);
      return {
        current: Number(current),
        floor: Number(floor),
        changed: readChanged(changed),
        descriptions: readDescriptions(described),
      };
    },
  };
}

function packChanged(records: readonly RecordKey[], subtrees: readonly RecordKey[]): string[] {
  if (subtrees.length === 0) return packRecords(records);
  const roots = new Set(subtrees);
  const alone = records.filter((record) => !roots.has(record));
  return [...packRecords(alone), ...packRecords(subtrees).map((chunk) => `^${chunk}`)];
}

function readChanged(reply: readonly string[]): Map<string, ChangedField> {
  const changed = new Map<string, ChangedField>();
  for (let i = 0; i < reply.length; i += 3) {
    changed.set(reply[i]!, { version: Number(reply[i + 1]), otherVersion: Number(reply[i + 2]) });
  }
  return changed;
}

function readDescriptions(reply: readonly string[]): Map<number, ChangeDescription> {
  const descriptions = new Map<number, ChangeDescription>();
  for (let i = 0; i < reply.length; i += 2) {
    descriptions.set(Number(reply[i]), JSON.parse(reply[i + 1]!) as ChangeDescription);
  }
  return descriptions;
}
