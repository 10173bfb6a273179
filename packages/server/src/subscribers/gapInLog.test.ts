import { describe, expect, it } from 'vitest';
import { isGap, reportedTo } from './gapInLog.ts';
import { BEFORE_ALL } from './positionStore.ts';

describe('a gap in the log', () => {
  it('a gap exists if the log begins after the last entry that was read', () => {
    const reach = { readTo: '1000-3', gapReportedTo: BEFORE_ALL };
    expect(isGap(reach, '999-9')).toBe(false);
    expect(isGap(reach, '1000-3')).toBe(false);
    expect(isGap(reach, '1000-4')).toBe(true);
    expect(isGap(reach, '1001-0')).toBe(true);
  });

  it('a gap is not reported again until more entries are trimmed', () => {
    const reach = { readTo: '1000-3', gapReportedTo: '2000-1' };
    expect(isGap(reach, '1500-0')).toBe(false);
    expect(isGap(reach, '2000-1')).toBe(false);
    expect(isGap(reach, '2000-2')).toBe(true);
    expect(reportedTo(reach)).toBe('2000-1');
  });

  it('a gap is forgotten when the log has been read beyond it', () => {
    const reach = { readTo: '10000-0', gapReportedTo: '9999-1' };
    expect(reportedTo(reach)).toBe('10000-0');
    expect(isGap(reach, '10000-1')).toBe(true);
  });
});
