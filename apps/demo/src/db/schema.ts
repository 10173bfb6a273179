/** The tables, in TypeScript's spelling; columns are snake_case in SQL. */
import type { Generated } from 'kysely';
import type { RunState } from '../gazetteer/runView.ts';

export interface CountriesTable {
  /** ISO 3166-1 alpha-2: `FR` */
  id: string;
  name: string;
  officialName: string;
  /** Folded for searching: see `searchKey` */
  searchName: string;
  continent: string;
  subregion: string;
  capital: string;
  areaKm2: number;
}

export interface RegionsTable {
  /** Country and first-level administrative code: `FR.11` */
  id: string;
  countryId: string;
  /** The code alone: `11`. The source has no names for regions. */
  code: string;
}

export interface CitiesTable {
  /** GeoNames id */
  id: number;
  name: string;
  searchName: string;
  /** ASCII spelling; null until the task `normalise-names` has been there */
  normalisedName: string | null;
  countryId: string;
  /** Null where the source gives no administrative code */
  regionId: string | null;
  population: number;
  /** Share of its country's population, 0 to 1; null until `recompute-population-share` has been there */
  populationShare: number | null;
  lat: number;
  lon: number;
  /** GeoNames feature code: `PPLC` is a capital */
  featureCode: string;
  notes: Generated<string>;
  /** Unix time in ms; null while the row is as imported */
  updatedAt: number | null;
  /** The name of who changed it last */
  updatedBy: string | null;
  /** Rises with every change: a form that was loaded at an older version is told so */
  version: Generated<number>;
  /**
   * The highest fence that has written this row. A write with a lower one comes from a holder who has lost his lease.
   * Written as decimal digits, compared as an integer by the database, never read.
   */
  fence: Generated<string>;
  /** The task that changed it last: a run that starts again steps over what it has done already */
  changedByTask: string | null;
}

interface ImportsTable {
  source: string;
  rowCount: number;
  /** Unix time in ms */
  loadedAt: number;
}

/** The dashboard's own table of what tasks have done, filled by Rowlock's subscribers and by nothing else. */
interface TaskRunsTable {
  /** The task's id */
  id: string;
  name: string;
  label: string;
  actorId: string;
  actorName: string;
  /** Folded for searching: label and actor */
  searchText: string;
  state: RunState;
  rowCount: number;
  doneCount: number;
  failedCount: number;
  createdAt: number;
  /** Sorts runs as they were launched, also those of one millisecond */
  launchOrder: number;
  startedAt: number | null;
  endedAt: number | null;
  reason: string | null;
  /** The task's version as it was told: what is older changes nothing */
  version: number;
}

interface FailureNoticesTable {
  /** The notice's own id: one that comes twice is written once */
  id: string;
  taskId: string;
  actorId: string;
  label: string;
  reason: string;
  failedCount: number;
  at: number;
  /** Null until the actor has marked it as seen */
  seenAt: number | null;
}

export interface GazetteerTables {
  countries: CountriesTable;
  regions: RegionsTable;
  cities: CitiesTable;
  imports: ImportsTable;
  taskRuns: TaskRunsTable;
  failureNotices: FailureNoticesTable;
}
