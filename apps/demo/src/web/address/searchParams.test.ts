import { describe, expect, it } from 'vitest';
import { parseSearch, readCitySearch, stringifySearch } from './searchParams.ts';

describe('parameters of an address', () => {
  it('An address of a list is read into typed parameters, and written again as it was', () => {
    const search = readCitySearch(
      parseSearch('?q=saint+%C3%A9&country=FR&page=2&minPopulation=1000&row=5&edit=true'),
    );
    expect(search).toEqual({
      q: 'saint é',
      country: 'FR',
      page: 2,
      minPopulation: 1_000,
      row: 5,
      edit: true,
    });
    expect(readCitySearch(search)).toEqual(search);
    expect(Object.fromEntries(new URLSearchParams(stringifySearch(search)))).toEqual({
      q: 'saint é',
      country: 'FR',
      page: '2',
      minPopulation: '1000',
      row: '5',
      edit: 'true',
    });
  });

  it('A parameter that makes no sense is left out', () => {
    expect(readCitySearch(parseSearch('?page=0&row=x&dir=up&unknown=1&country=FR'))).toEqual({
      country: 'FR',
    });
  });

  it('An address without parameters has no question mark', () => {
    expect(stringifySearch({ q: '', page: undefined })).toBe('');
  });
});
