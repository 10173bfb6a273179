import { describe, expect, it } from 'vitest';
import { FREE, type RecordForecast, unknown } from './recordForecast.ts';
import { summarizeForecast } from './summarizeForecast.ts';

const inMinutes = (minutes: number): RecordForecast => ({ kind: 'at', atMs: minutes * 60_000 });
const each = (...forecasts: RecordForecast[]) => forecasts.map((forecast) => [forecast, 1] as const);

describe('the summary of forecasts', () => {
  it('the summary counts free rows, and joins rows that will be free at about the same time', () => {
    expect(summarizeForecast([[FREE, 22], ...each(inMinutes(1.5), inMinutes(2), inMinutes(1.8))], 0)).toEqual(
      {
        freeCount: 22,
        groups: [{ count: 3, atMs: 120_000 }],
        unknownCount: 0,
        unknownReasons: [],
      },
    );
  });

  it('the summary has at most three groups, the last of which holds all that is later', () => {
    const { groups } = summarizeForecast(each(...[1, 4, 16, 64, 256].map(inMinutes)), 0);
    expect(groups.map(({ count, atMs }) => [count, atMs / 60_000])).toEqual([
      [1, 1],
      [1, 4],
      [3, 256],
    ]);
  });

  it('the summary counts rows of which nobody knows when, with each reason once', () => {
    expect(summarizeForecast(each(unknown('person'), unknown('paused'), unknown('person')), 0)).toMatchObject(
      {
        unknownCount: 3,
        unknownReasons: ['person', 'paused'],
      },
    );
  });
});
