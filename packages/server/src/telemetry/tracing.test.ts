import { expect, it } from 'vitest';
import { api } from '../../test/fixtures/openTelemetry.ts';
import type { Telemetry } from './telemetry.ts';
import { createTracing } from './tracing.ts';

/** The carried trace for these headers of the application's propagator. */
function carriedOf(headers: Record<string, string>): string | undefined {
  const propagation = {
    inject: (_context: unknown, carrier: object) => Object.assign(carrier, headers),
    extract() {},
  };
  return createTracing({ trace: api.trace, context: api.context, propagation }, 'shop').carry();
}

it('a trace carries the headers of the propagator, if it writes some', () => {
  expect(carriedOf({ traceparent: '00-1-2-01', tracestate: 'a=b' })).toBe(
    '{"traceparent":"00-1-2-01","tracestate":"a=b"}',
  );
  expect(carriedOf({})).toBeUndefined();
});

it('a trace leaves out baggage that is too large for a job', () => {
  const baggage = 'x'.repeat(5_000);
  expect(carriedOf({ traceparent: '00-1-2-01', baggage })).toBe('{"traceparent":"00-1-2-01"}');
  expect(carriedOf({ baggage })).toBeUndefined();
});

it('a run with an unreadable trace begins nevertheless', async () => {
  const telemetry: Telemetry = api;
  for (const carried of ['no JSON', 'null', '7', '{"traceparent":7}']) {
    const ran = createTracing(telemetry, 'shop').span('rowlock.run', {}, async () => 'ran', carried);
    expect(await ran).toBe('ran');
  }
});
