import { expect, it } from 'vitest';
import { api } from '../../test/fixtures/openTelemetry.ts';
import type { Telemetry } from './telemetry.ts';
import { createTracing } from './tracing.ts';

/** What is carried, where the application's propagator writes these headers. */
function carriedOf(headers: Record<string, string>): string | undefined {
  const propagation = {
    inject: (_context: unknown, carrier: object) => Object.assign(carrier, headers),
    extract() {},
  };
  return createTracing({ trace: api.trace, context: api.context, propagation }, 'shop').carry();
}

it('carries what the propagator of the application writes, and nothing where that is nothing', () => {
  expect(carriedOf({ traceparent: '00-1-2-01', tracestate: 'a=b' })).toBe(
    '{"traceparent":"00-1-2-01","tracestate":"a=b"}',
  );
  expect(carriedOf({})).toBeUndefined();
});

it('leaves baggage behind that is too large for a job', () => {
  const baggage = 'x'.repeat(5_000);
  expect(carriedOf({ traceparent: '00-1-2-01', baggage })).toBe('{"traceparent":"00-1-2-01"}');
  expect(carriedOf({ baggage })).toBeUndefined();
});

it('runs what carries a trace that nobody can read', async () => {
  const telemetry: Telemetry = api;
  for (const carried of ['no JSON', 'null', '7', '{"traceparent":7}']) {
    const ran = createTracing(telemetry, 'shop').span('rowlock.run', {}, async () => 'ran', carried);
    expect(await ran).toBe('ran');
  }
});
