import { describe, expect, it } from 'vitest';
import { ERRORS, isProblem, problemOf } from './errors.ts';
import { formatLeaseHeader, parseLeaseHeader } from './http.ts';
import { clientMessages, releaseBeaconSchema } from './schemas.ts';

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
      code: 'unavailable',
    });
    expect(isProblem(problem)).toBe(true);
    expect(isProblem({ type: 'about:blank' })).toBe(false);
  });
});

describe('messages of a browser', () => {
  it('messages of a browser get their defaults', () => {
    expect(clientMessages.watch.parse({})).toEqual({ records: [], tasks: [] });
    expect(clientMessages.acquire.parse({ records: ['cities/1'] })).toEqual({
      records: ['cities/1'],
      mode: 'exclusive',
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
