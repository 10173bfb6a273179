/** Spans around what Rowlock does. Without telemetry of the application it does nothing. */
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
/** The trace in a job stays small, but baggage of the application may be large. */
const MAX_CARRIED_LENGTH = 2_000;

interface Traced {
  set(attributes: TraceAttributes): void;
  /** Records a failure that is not thrown. */
  fail(error: unknown): void;
}

export interface Tracing {
  /** Runs `fn` in a span, as a child of the present span, or of the span in `carried`. */
  span<T>(
    name: SpanName,
    attributes: TraceAttributes,
    fn: (span: Traced) => Promise<T>,
    carried?: string,
  ): Promise<T>;
  /** The present trace as a string, for a later run in another process. Undefined without a trace. */
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
      // An unreadable trace does not concern this run.
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
