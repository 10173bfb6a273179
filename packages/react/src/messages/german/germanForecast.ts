import type { CommonTexts } from '../commonTexts.ts';
import type { ForecastTexts } from '../forecastTexts.ts';

export const germanForecast = ({ number, rows, roughDuration }: CommonTexts): ForecastTexts => ({
  freeIn(forecast, nowMs) {
    if (forecast.kind === 'free') return 'Jetzt frei';
    if (forecast.kind === 'at') return `Frei in etwa ${roughDuration(forecast.atMs - nowMs)}`;
    return forecast.why === 'pending' ? '' : 'Niemand weiß, wann sie frei wird';
  },
  freeInSummary({ freeCount, groups, unknownCount }, nowMs) {
    const parts: string[] = [];
    const verb = (many: number) => (many === 1 ? 'ist' : 'sind');
    const count = (many: number, between: string) =>
      parts.length > 0 ? `${number(many)} ${between}` : `${rows(many)} ${verb(many)} ${between}`;
    if (freeCount > 0) parts.push(`${count(freeCount, 'jetzt')} frei`);
    for (const { count: many, atMs } of groups) {
      const time = `in etwa ${roughDuration(atMs - nowMs)}`;
      parts.push(parts.length > 0 ? count(many, time) : `${count(many, time)} frei`);
    }
    if (unknownCount > 0 && parts.length > 0) parts.push(`bei ${number(unknownCount)} weiß niemand, wann`);
    else if (unknownCount > 0) {
      parts.push(`Niemand weiß, wann ${rows(unknownCount)} frei ${unknownCount === 1 ? 'wird' : 'werden'}`);
    }
    return parts.join(', ');
  },
});
