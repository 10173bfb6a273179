/** How much of Redis's memory the versions of records may use. */
import { assertDurationSetting, YEAR_MS } from '../durations.ts';

/** The settings belong to the namespace, until a process gives others. */
export interface VersionMemory {
  /**
   * How long a change is remembered, in ms. Default 86,400,000 (24 h). If somebody saves a screen that was loaded before,
   * and other changes were forgotten meanwhile, the save is refused, and the screen must load its data again
   */
  keepMs?: number;
  /**
   * How many changed records are remembered, approximately; the oldest go first. Default 1,000,000, which take 80 to 290 MB of
   * Redis's memory: 77 bytes for each record of a large change, 290 for a record that changed alone
   */
  maxRecords?: number;
}

/** The settings for the scripts; '' keeps the last given one. @throws {TypeError} */
export function toVersionSettings({ keepMs, maxRecords }: VersionMemory = {}): [number | '', number | ''] {
  assertDurationSetting('versions.keepMs', keepMs, { atLeastMs: 1_000, atMostMs: YEAR_MS, isWhole: true });
  if (maxRecords !== undefined && !(Number.isSafeInteger(maxRecords) && maxRecords >= 1)) {
    throw new TypeError(
      `versions.maxRecords is ${maxRecords}. It is the number of changed records to remember: give a whole number of at least 1.`,
    );
  }
  return [keepMs ?? '', maxRecords ?? ''];
}
