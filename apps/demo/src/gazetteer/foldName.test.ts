import { describe, expect, it } from 'vitest';
import { asciiName, searchKey } from './foldName.ts';

describe('asciiName', () => {
  it.each([
    ['Saint-Étienne', 'Saint-Etienne'],
    ['Łódź', 'Lodz'],
    ['København', 'Kobenhavn'],
    ['Straße', 'Strasse'],
    ['Þórshöfn', 'Thorshofn'],
    ['İzmir', 'Izmir'],
    ['L’Haÿ‐les  Roses ', "L'Hay-les Roses"],
  ])('asciiName spells %s as %s', (name, ascii) => expect(asciiName(name)).toBe(ascii));

  it('asciiName does not change other scripts', () => expect(asciiName('東京')).toBe('東京'));
  it('asciiName changes nothing when it is applied again', () =>
    expect(asciiName(asciiName('Île-d’Yeu'))).toBe(asciiName('Île-d’Yeu')));
});

describe('searchKey', () => {
  it('searchKey returns the same key for every spelling of a name', () => {
    const keys = ['Île-de-France', 'ile de france', 'ILE  DE-FRANCE', 'île de france'].map(searchKey);
    expect(new Set(keys)).toEqual(new Set(['ile de france']));
  });
});
