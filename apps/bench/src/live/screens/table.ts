/** The rows that the screens of the bench show. Each screen shows one page of a table, as a list in an admin UI does. */
import type { RecordKey } from '@rowlock/server';
import { cityIds } from '../../cityIds.ts';

export const PAGE_ROWS = 25;

export interface Table {
  rows: number;
  /** A bulk lock covers that many of the first rows. Whole pages, so that a screen is concerned as a whole or not at all */
  lockedRows: number;
}

/** A prime number, so that all pages come before the first one comes again. */
const PAGE_STEP = 401;

/** Four screens of five show rows of the bulk lock. */
export const TABLE: Table = { rows: 12_500, lockedRows: 10_000 };

/**
 * The page of a screen. Neighbours show distant pages, so that also few screens are concerned in the same proportion. Later
 * screens show the same pages again.
 */
export const pageOf = (screen: number, { rows }: Table): RecordKey[] =>
  recordsFrom(firstRow(screen, rows), PAGE_ROWS);

/** Whether a screen shows rows of the bulk lock. */
export const isConcerned = (screen: number, { rows, lockedRows }: Table): boolean =>
  firstRow(screen, rows) < lockedRows;

export const lockedRecords = ({ lockedRows }: Table): RecordKey[] => recordsFrom(0, lockedRows);

const firstRow = (screen: number, rows: number): number =>
  ((screen * PAGE_STEP) % Math.floor(rows / PAGE_ROWS)) * PAGE_ROWS;

const recordsFrom = (first: number, count: number): RecordKey[] =>
  cityIds(count, first).map((id): RecordKey => `cities/${id}`);
