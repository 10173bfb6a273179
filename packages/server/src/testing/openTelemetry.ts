/** OpenTelemetry's own tracer, as an application sets it up. */
import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

export { api };

/** A tracer whose spans stay in memory. */
export function openTracer() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  return { exporter, provider };
}

/** The same, as the one of the whole process. */
export function registerTracer() {
  const { exporter, provider } = openTracer();
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  api.propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  api.trace.setGlobalTracerProvider(provider);
  return {
    exporter,
    async close() {
      api.trace.disable();
      api.propagation.disable();
      api.context.disable();
      await provider.shutdown();
    },
  };
}
