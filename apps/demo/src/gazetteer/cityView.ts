/** Rows as the API gives them. Shared with the web app as types only. */
export interface CityView {
  id: number;
  name: string;
  normalisedName: string | null;
  countryId: string;
  countryName: string;
  regionId: string | null;
  population: number;
  /** Share of its country's population, 0 to 1 */
  populationShare: number | null;
  lat: number;
  lon: number;
  featureCode: string;
  notes: string;
  /** Unix time in ms; null while the row is as imported */
  updatedAt: number | null;
  updatedBy: string | null;
  version: number;
}

export interface CountryView {
  id: string;
  name: string;
  officialName: string;
  continent: string;
  subregion: string;
  capital: string;
  areaKm2: number;
  /** Sum over its cities in the gazetteer */
  population: number;
  cityCount: number;
}

export interface RegionView {
  id: string;
  code: string;
  countryId: string;
  countryName: string;
  /** Sum over its cities in the gazetteer */
  population: number;
  cityCount: number;
  largestCity: string | null;
}

/** One page of a list. */
export interface Page<Row> {
  rows: Row[];
  /** Rows that match, on all pages */
  total: number;
  page: number;
  pageSize: number;
}
