import { describe, expect, it } from 'vitest';
import { releaseBeaconSchema } from './bodySchemas.ts';
import { clientMessages } from './clientMessages.ts';
import { ERRORS, isProblem, problemOf } from './errors.ts';
import {
  formatLeaseHeader,
  formatSession,
  parseIfMatch,
  parseLeaseHeader,
  parseSession,
  parseVersionHeader,
} from './http.ts';

describe('the lease header', () => {
  it('the lease header is parsed into the parts that it was made of', () => {
    const leaseSecret = { leaseId: '42', secret: 'abcDEF_-0123456789abcdef' };
    expect(parseLeaseHeader(formatLeaseHeader(leaseSecret))).toEqual(leaseSecret);
  });

  it.each([
    '',
    '42',
    '42.',
    '.abcdefghijklmnopqrstuvwx',
    'x.abcdefghijklmnopqrstuvwx',
    '42.short',
    '42.abc def ghi jkl mno pqr',
  ])('the lease header is not %j', (header) => {
    expect(parseLeaseHeader(header)).toBeUndefined();
  });
});

describe('a problem', () => {
  it('a problem has the status, title and code of its error', () => {
    const problem = problemOf({ code: 'unavailable', message: 'Redis is away.' });
    expect(problem).toEqual({
      type: 'urn:rowlock:problem:unavailable',
      title: ERRORS.unavailable.title,
      status: 503,
      detail: 'Redis is away.',
      message: 'Redis is away.',
      code: 'unavailable',
    });
    expect(isProblem(problem)).toBe(true);
    expect(isProblem({ type: 'about:blank' })).toBe(false);
  });
});

describe('the headers of a version', () => {
  it('the headers of a version are parsed into whole numbers below 2^53', () => {
    expect(parseVersionHeader('0')).toBe(0);
    expect(parseVersionHeader('91865000000123')).toBe(91_865_000_000_123);
    expect(parseVersionHeader(String(Number.MAX_SAFE_INTEGER))).toBe(Number.MAX_SAFE_INTEGER);
    expect(parseIfMatch('"91865000000123"')).toBe(91_865_000_000_123);
  });

  it.each(['', ' 1', '-1', '1.5', '1e3', '01', '0x1', '9007199254740992', '"1"', '*', '1, 2'])(
    'the header of a version is refused if it is %j',
    (header) => {
      expect(parseVersionHeader(header)).toBeUndefined();
    },
  );

  it.each(['', '1', '*', 'W/"1"', '"1", "2"', '"abc"', '"01"', '""'])(
    'the If-Match header is refused as a version if it is %j',
    (header) => {
      expect(parseIfMatch(header)).toBeUndefined();
    },
  );

  it('the session header is parsed into the parts that it was made of', () => {
    const session = { sessionId: 'abcDEF_-01234567', secret: 'zyxWVU_-76543210' };
    expect(parseSession(formatSession(session))).toEqual(session);
    for (const header of [
      '',
      'a b',
      '42.short',
      'abcDEF_-01234567',
      'abcDEF_-01234567.',
      `${'x'.repeat(65)}.zyxWVU_-76543210`,
    ]) {
      expect(parseSession(header)).toBeUndefined();
    }
  });
});

describe('messages of a browser', () => {
  it('messages of a browser get their defaults', () => {
    expect(clientMessages.watch.parse({})).toEqual({ records: [], resources: [], tasks: [], presence: [] });
    expect(clientMessages.acquire.parse({ records: ['cities/1'] })).toEqual({
      records: ['cities/1'],
      mode: 'exclusive',
      scope: 'record',
      onConflict: 'refuse',
      moves: true,
    });
  });

  it('messages of a browser are refused with unknown fields, no records, or a label that is too long', () => {
    expect(clientMessages.watch.safeParse({ record: 'cities/1' }).success).toBe(false);
    expect(clientMessages.acquire.safeParse({ records: [] }).success).toBe(false);
    expect(clientMessages.acquire.safeParse({ records: ['cities/1'], label: 'x'.repeat(121) }).success).toBe(
      false,
    );
    expect(releaseBeaconSchema.safeParse({ leases: [] }).success).toBe(false);
  });
});
