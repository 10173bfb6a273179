/** Spans around what Rowlock does. Where the application gives no telemetry, nothing is done at all. */
import { ConflictError } from '../errors.ts';
import type { Telemetry, TelemetrySpan, TraceAttributes } from './telemetry.ts';

type SpanName = 'rowlock.acquire' | 'rowlock.wait' | 'rowlock.launch' | 'rowlock.run';

/** OpenTelemetry's `SpanKind` of who sends a message, of who receives it, and of what is neither. */
const KINDS: Record<SpanName, number> = {
  'rowlock.acquire': 0,
  'rowlock.wait': 0,
  'rowlock.launch': 3,
  'rowlock.run': 4,
};
/** Its `SpanStatusCode.ERROR` */
const STATUS_ERROR = 2;
/** What a job carries along stays small: baggage of the application's may be large. */
const MAX_CARRIED_LENGTH = 2_000;

interface Traced {
  set(attributes: TraceAttributes): void;
  /** Something has failed that is told otherwise than by throwing. */
  fail(error: unknown): void;
}

export interface Tracing {
  /** Runs `fn` in a span, as a child of the present one, or of the one that `carried` tells of. */
  span<T>(
    name: SpanName,
    attributes: TraceAttributes,
    fn: (span: Traced) => Promise<T>,
    carried?: string,
  ): Promise<T>;
  /** The present trace in a string, for a run elsewhere and later; undefined where there is none. */
  carry(): string | undefined;
}

const UNTRACED: Traced = { set() {}, fail() {} };
export const NO_TRACING: Tracing = {
  span: (_name, _attributes, fn) => fn(UNTRACED),
  carry: () => undefined,
};

export function createTracing(telemetry: Telemetry, namespace: string): Tracing {
  const { propagation, context } = telemetry;
  const tracer = 'tracer' in telemetry ? telemetry.tracer : telemetry.trace.getTracer('@rowlock/server');

  return {
    span(name, attributes, fn, carried) {
      const parent = carried === undefined ? context.active() : extracted(carried);
      const options = { kind: KINDS[name], attributes: { 'rowlock.namespace': namespace, ...attributes } };
      return tracer.startActiveSpan(name, options, parent, async (span) => {
        const traced: Traced = {
          set: (more) => void span.setAttributes(more),
          fail: (error) => recordError(span, error),
        };
        try {
          return await fn(traced);
        } catch (error) {
          traced.fail(error);
          throw error;
        } finally {
          span.end();
        }
      });
    },

    carry() {
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      if (Object.keys(carrier).length === 0) return undefined;
      const whole = JSON.stringify(carrier);
      if (whole.length <= MAX_CARRIED_LENGTH) return whole;
      const { traceparent } = carrier;
      return traceparent === undefined ? undefined : JSON.stringify({ traceparent });
    },
  };

  function extracted(carried: string): unknown {
    try {
      return propagation.extract(context.active(), JSON.parse(carried) as Record<string, string>);
    } catch {
      // Whoever wrote it is no business of this run's.
      return context.active();
    }
  }
}

/** A refusal is an answer, not a failure: it is in the attributes. */
function recordError(span: TelemetrySpan, error: unknown): void {
  if (error instanceof ConflictError) return;
  const cause = error instanceof Error ? error : new Error(String(error));
  span.recordException(cause);
  span.setStatus({ code: STATUS_ERROR, message: cause.message });
}
