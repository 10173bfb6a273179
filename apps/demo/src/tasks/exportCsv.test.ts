import { describe, expect, it } from 'vitest';
import { isExportId, plainText } from './exportCsv.ts';

describe('an export', () => {
  it('plainText makes a cell text that a spreadsheet would run as a formula', () => {
    expect(plainText('=HYPERLINK("x")')).toBe('\'=HYPERLINK("x")');
    expect(plainText('-1+1')).toBe("'-1+1");
    expect(plainText('Saint-Denis')).toBe('Saint-Denis');
  });

  it('isExportId refuses a path', () => {
    expect(isExportId('20e86bb6-26f2-43c8-8ea5-28f1bc941aa4')).toBe(true);
    expect(isExportId('../session-secret')).toBe(false);
    expect(isExportId('')).toBe(false);
  });
});
