import { describe, expect, it } from 'vitest';
import { FREE, unknown } from '../core/forecast/recordForecast.ts';
import type { ForecastSummary } from '../core/forecast/summarizeForecast.ts';
import { createEnglishMessages } from './englishMessages.ts';
import { createGermanMessages } from './german/germanMessages.ts';

const english = createEnglishMessages();
const german = createGermanMessages();
const summary = (fields: Partial<ForecastSummary>): ForecastSummary => ({
  freeCount: 0,
  groups: [],
  unknownCount: 0,
  unknownReasons: [],
  ...fields,
});
const soon = [{ count: 3, atMs: 110_000 }];

describe('the texts of a forecast', () => {
  it.each<[ForecastSummary, string, string]>([
    [
      summary({ freeCount: 22, groups: soon }),
      '22 rows are free now, 3 in about 2 min',
      '22 Zeilen sind jetzt frei, 3 in etwa 2 min',
    ],
    [summary({ groups: soon }), '3 rows will be free in about 2 min', '3 Zeilen sind in etwa 2 min frei'],
    [summary({ freeCount: 1 }), '1 row is free now', '1 Zeile ist jetzt frei'],
    [
      summary({ freeCount: 5, unknownCount: 2 }),
      '5 rows are free now, nobody knows when for 2',
      '5 Zeilen sind jetzt frei, bei 2 weiß niemand, wann',
    ],
    [
      summary({ unknownCount: 1 }),
      'Nobody knows when 1 row will be free',
      'Niemand weiß, wann 1 Zeile frei wird',
    ],
    [summary({}), '', ''],
  ])('the summary %j is "%s"', (given, inEnglish, inGerman) => {
    expect(english.freeInSummary(given, 0)).toBe(inEnglish);
    expect(german.freeInSummary(given, 0)).toBe(inGerman);
  });

  it('a row is free now, in about some time, or nobody knows when', () => {
    expect(english.freeIn(FREE, 0)).toBe('Free now');
    expect(english.freeIn({ kind: 'at', atMs: 12_000 }, 0)).toBe('Free in about 15 s');
    expect(english.freeIn(unknown('person'), 0)).toBe('Nobody knows when it will be free');
    expect(german.freeIn({ kind: 'at', atMs: 12_000 }, 0)).toBe('Frei in etwa 15 s');
  });
});
