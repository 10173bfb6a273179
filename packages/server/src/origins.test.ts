import { describe, expect, it } from 'vitest';
import { createOrigins, isInvited } from './origins.ts';

const listed = new Set(['https://admin.example.com']);
const invited = (headers: Record<string, string>, isEncrypted = false) =>
  isInvited({ headers: { host: 'app.example.com', ...headers }, isEncrypted }, listed);

describe('P14: a request', () => {
  it.each([
    ['without any header of a browser', {}],
    ['of the same origin', { origin: 'https://app.example.com' }],
    [
      'of the same origin with the port of its scheme',
      { origin: 'https://app.example.com', host: 'app.example.com:443' },
    ],
    ['of a listed origin', { origin: 'https://admin.example.com', 'sec-fetch-site': 'same-site' }],
    [
      'of the same origin behind a proxy that changes Host',
      { origin: 'https://a.example', 'sec-fetch-site': 'same-origin' },
    ],
    ['that the user made by hand', { 'sec-fetch-site': 'none' }],
  ])('a request %s may act', (_what, headers) => {
    expect(invited(headers)).toBe(true);
  });

  it.each([
    ['of a foreign origin', { origin: 'https://evil.example' }],
    [
      'of a foreign origin that forwards our host',
      { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
    ],
    ['of another port', { origin: 'https://app.example.com:8443' }],
    ['of a subdomain', { origin: 'https://x.app.example.com' }],
    ['of an opaque origin', { origin: 'null' }],
    ['of an unreadable origin', { origin: 'app.example.com' }],
    ['of another site without an origin', { 'sec-fetch-site': 'cross-site' }],
    ['of a sibling site', { origin: 'https://app.example.com', 'sec-fetch-site': 'same-site' }],
    ['of an unreadable host', { origin: 'https://app.example.com', host: ':' }],
  ])('a request %s may not act', (_what, headers) => {
    expect(invited(headers)).toBe(false);
  });

  it('a request of the same host without encryption may not act on an encrypted connection', () => {
    expect(invited({ origin: 'http://app.example.com' }, true)).toBe(false);
    expect(invited({ origin: 'https://app.example.com' }, true)).toBe(true);
  });
});

describe('createOrigins', () => {
  it.each([
    '*',
    'null',
    'admin.example.com',
    'https://admin.example.com/',
    'https://admin.example.com/x',
    '',
  ])('createOrigins refuses %j as an origin', (origin) => {
    expect(() => createOrigins([origin])).toThrow(`allowedOrigins contains ${JSON.stringify(origin)}`);
  });
});

it('createOrigins lists the origin of an app shell', () => {
  const { isInvited } = createOrigins(['capacitor://localhost']);
  const headers = { host: 'app.example.com', origin: 'capacitor://localhost' };
  expect(isInvited({ headers, isEncrypted: true })).toBe(true);
});
