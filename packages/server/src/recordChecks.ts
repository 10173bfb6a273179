/** Refuses malformed record keys, and records of resources that the application has not listed. */
import { isLockable, isRecordKey, malformed, type RecordKey, resourceOf } from '@rowlock/protocol';
import { RowlockError } from './errors.ts';

export interface RecordChecks {
  /** @throws {RowlockError} `bad_request`, `unknown_resource` */
  assertRecords(records: readonly unknown[]): asserts records is RecordKey[];
  /** For a lock: whole resources (`cities/*`) too. @throws {RowlockError} `bad_request`, `unknown_resource` */
  assertLockable(records: readonly unknown[]): asserts records is RecordKey[];
  /** @throws {RowlockError} `unknown_resource` */
  assertResources(records: readonly RecordKey[]): void;
}

export function createRecordChecks(resources: readonly string[]): RecordChecks {
  const known = new Set(resources);

  function assertResource(resource: string): void {
    if (known.has(resource)) return;
    throw new RowlockError(
      'unknown_resource',
      `The resource "${resource}" is unknown here. Use one of: ${[...known].join(', ')}.`,
    );
  }

  function assertEach(
    records: readonly unknown[],
    isKey: (value: unknown) => value is RecordKey,
  ): asserts records is RecordKey[] {
    for (const record of records) {
      if (!isKey(record)) throw new RowlockError('bad_request', malformed(record));
      assertResource(resourceOf(record));
    }
  }

  return {
    assertRecords(records): asserts records is RecordKey[] {
      assertEach(records, isRecordKey);
    },
    assertLockable(records): asserts records is RecordKey[] {
      assertEach(records, isLockable);
    },
    assertResources(records) {
      for (const record of records) assertResource(resourceOf(record));
    },
  };
}
