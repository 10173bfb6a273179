/**
 * The used part of OpenTelemetry, which the application provides. The types are those of `@opentelemetry/api` as far as
 * they are needed, so that nobody needs that package who does not trace.
 */
export type TraceAttributes = Record<string, string | number | boolean>;

export interface TelemetrySpan {
  setAttributes(attributes: TraceAttributes): unknown;
  recordException(error: Error): void;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}

// Methods, not functions in properties: OpenTelemetry's own types are narrower than these.
export interface TelemetryTracer {
  startActiveSpan<T>(
    name: string,
    options: { kind?: number; attributes?: TraceAttributes },
    // biome-ignore lint/suspicious/noExplicitAny: OpenTelemetry's Context, which is opaque
    context: any,
    fn: (span: TelemetrySpan) => T,
  ): T;
}

export interface TelemetryPropagation {
  // biome-ignore lint/suspicious/noExplicitAny: OpenTelemetry's Context, which is opaque
  inject(context: any, carrier: Record<string, string>): void;
  // biome-ignore lint/suspicious/noExplicitAny: OpenTelemetry's Context, which is opaque
  extract(context: any, carrier: Record<string, string>): any;
}

export interface TelemetryContext {
  active(): unknown;
}

/**
 * The module itself (`import * as api from '@opentelemetry/api'`), or the application's own tracer with the rest of
 * the module.
 */
export type Telemetry =
  | {
      trace: { getTracer(name: string): TelemetryTracer };
      propagation: TelemetryPropagation;
      context: TelemetryContext;
    }
  | { tracer: TelemetryTracer; propagation: TelemetryPropagation; context: TelemetryContext };
