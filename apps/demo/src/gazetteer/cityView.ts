/** The rows that the API returns. The web app imports only their types. */
export interface CityView {
  id: number;
  name: string;
  normalisedName: string | null;
  countryId: string;
  countryName: string;
  regionId: string | null;
  population: number;
  /** Its part of the country's population, 0 to 1 */
  populationShare: number | null;
  lat: number;
  lon: number;
  featureCode: string;
  notes: string;
  /** Unix time in ms. Null if the row has not changed since the import */
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
