/** Every route of `rowlock.router()`, with inputs that are derived from its schemas, over HTTP. */
import { ERRORS, isProblem } from '@rowlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../src/http/routes/route.ts';
import { ROUTES } from '../../src/http/routes/routes.ts';
import { gatewayFixture } from '../fixtures/gatewayFixture.ts';
import { assertDocumentedError, type FuzzRig, fuzzRig } from './fuzzRig.ts';
import { fuzzRuns, fuzzSeeds, fuzzTimeoutMs } from './fuzzRuns.ts';
import { anyInput, hostile } from './schemaArbitrary.ts';
import { assertNothingWritten } from './writtenKeys.ts';

const fixture = gatewayFixture();

interface Input {
  params: string[];
  query: [string, unknown][];
  body: unknown;
  headers: Record<string, string>;
}

const segments = fc.oneof(
  fc.constantFrom('1', 'ann', '__proto__', 'constructor', '%2e%2e', 'a%00b', '%', '%ff', '5c6b-none'),
  fc.string({ unit: 'grapheme', maxLength: 30 }).map(encodeURIComponent),
);

/** As a header may contain: one line of Latin-1. */
const headerText = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    'a.b',
    '1.0123456789abcdef',
    '0123456789abcdef.0123456789abcdef',
    '"1"',
    '-1',
    'NaN',
    '9e99',
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 80 }).map((text) => text.trim()),
);

const headers = fc.record(
  {
    'rowlock-session': headerText,
    'rowlock-lease': headerText,
    'rowlock-version': headerText,
    'if-match': headerText,
  },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<Record<string, string>>;

const inputsOf = ({ query, body }: Route): fc.Arbitrary<Input> =>
  fc.record({
    params: fc.array(segments, { minLength: 3, maxLength: 3 }),
    query: (query ? anyInput(query) : hostile).map((value) =>
      typeof value === 'object' && value !== null ? Object.entries(value).slice(0, 50) : [],
    ),
    body: body ? anyInput(body) : hostile,
    headers,
  });

function addressOf({ path }: Route, { params, query }: Input): string {
  const left = [...params];
  const filled = path.replace(/:[a-z]+/gi, () => left.shift() || 'x');
  const search = query
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value.slice(0, 50) : [value]).map((each) => [name, each]),
    )
    .map(([name, value]) => `${encodeText(name)}=${encodeText(value)}`)
    .join('&');
  return `/rowlock${filled}?${search}`.slice(0, 8_000);
}

/** A lone surrogate cannot be encoded, so Buffer replaces it. */
function encodeText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return encodeURIComponent(Buffer.from(text).toString());
}

async function tryRoute(rig: FuzzRig, route: Route, input: Input): Promise<void> {
  const before = await rig.readStored();
  const response = await rig.fetch(addressOf(route, input), {
    method: route.method,
    headers: { 'content-type': 'application/json', ...input.headers, authorization: 'Bearer fuzz' },
    ...(route.method === 'POST' && { body: JSON.stringify(input.body) ?? '' }),
  });
  const text = await response.text();
  expect(response.headers.get('cache-control')).toBe('no-store');
  if (response.status < 400) {
    const answer = route.answers[response.status];
    if (answer) expect(answer.schema.safeParse(JSON.parse(text)).error).toBeUndefined();
    else expect([text, answer]).toEqual(['', null]);
    return;
  }
  const problem: unknown = JSON.parse(text);
  expect(isProblem(problem)).toBe(true);
  expect(problem).toMatchObject({ status: response.status });
  assertDocumentedError(problem, ERRORS);
  assertNothingWritten(before, await rig.readStored());
}

describe.each(Object.entries(ROUTES as Record<string, Route>))('the route %s', (id, route) => {
  it.each(fuzzSeeds)(
    `${id} with any input is answered as documented, and writes nothing if it is refused (seed %i)`,
    async (seed) => {
      const rig = await fuzzRig(fixture);
      const property = fc.asyncProperty(inputsOf(route), (input) => tryRoute(rig, route, input));
      await fc.assert(property, { seed, numRuns: fuzzRuns }).finally(rig.closeRedis);
      expect(rig.logged.filter((line) => line.includes(' failed'))).toEqual([]);
      expect(({} as { isAdmin?: true }).isAdmin).toBeUndefined();
    },
    fuzzTimeoutMs,
  );
});
