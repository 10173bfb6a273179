/** The tables, with TypeScript names. In SQL, columns are snake_case. */
import type { Generated } from 'kysely';
import type { RunState } from '../gazetteer/runView.ts';

export interface CountriesTable {
  /** ISO 3166-1 alpha-2: `FR` */
  id: string;
  name: string;
  officialName: string;
  /** The name as a search key: see `searchKey` */
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
  /** ASCII spelling. Null until the task `normalise-names` has written it */
  normalisedName: string | null;
  countryId: string;
  /** Null if the source has no administrative code */
  regionId: string | null;
  population: number;
  /** Its part of the country's population, 0 to 1. Null until `recompute-population-share` has written it */
  populationShare: number | null;
  lat: number;
  lon: number;
  /** GeoNames feature code: `PPLC` is a capital */
  featureCode: string;
  notes: Generated<string>;
  /** Unix time in ms. Null if the row has not changed since the import */
  updatedAt: number | null;
  /** The name of the user who changed it last */
  updatedBy: string | null;
  /** Rises with every change, so that the edit of an older version is refused */
  version: Generated<number>;
  /**
   * The highest fence that has written this row. A write with a lower fence comes from a holder that has lost its lease.
   * The application writes decimal digits, the database compares them as integers, and nobody reads them.
   */
  fence: Generated<string>;
  /** The task that changed it last. A restarted run skips the rows that it has changed */
  changedByTask: string | null;
}

interface ImportsTable {
  source: string;
  rowCount: number;
  /** Unix time in ms */
  loadedAt: number;
}

/** The dashboard's table of task runs. Only Rowlock's subscribers write it. */
interface TaskRunsTable {
  /** The task's id */
  id: string;
  name: string;
  label: string;
  actorId: string;
  actorName: string;
  /** Label and actor as a search key */
  searchText: string;
  state: RunState;
  rowCount: number;
  doneCount: number;
  failedCount: number;
  createdAt: number;
  /** Sorts runs in the order of their launches, also within one millisecond */
  launchOrder: number;
  startedAt: number | null;
  endedAt: number | null;
  reason: string | null;
  /** The version of the task in this row. Older versions do not overwrite it */
  version: number;
}

interface FailureNoticesTable {
  /** The id of the notice. A notice that is delivered twice is written once */
  id: string;
  taskId: string;
  actorId: string;
  label: string;
  reason: string;
  failedCount: number;
  at: number;
  /** Null until the actor marks it as seen */
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
