/**
 * A worker in a process of its own that traces: REDIS_URL and NAMESPACE in, `worker ready` out. Its task says in which
 * trace, and as whose child, it has run.
 */
import { z } from 'zod';
import { createRowlock } from '../createRowlock.ts';
import { defineTask } from '../tasks/definition/defineTask.ts';
import { api, registerTracer } from './openTelemetry.ts';

export const tracedTask = defineTask({
  name: 'traced',
  input: z.object({}),
  records: () => ['cities/1'],
  run: () => undefined,
});

if (process.argv[1] === import.meta.filename) {
  const { exporter } = registerTracer();
  const rowlock = createRowlock({
    redis: process.env.REDIS_URL!,
    namespace: process.env.NAMESPACE!,
    resources: ['cities'],
    tasks: [tracedTask],
    telemetry: api,
    auth: {
      authenticate: () => null,
      authorize: () => false,
    },
  });
  await rowlock.start();
  await rowlock.startWorker();
  setInterval(() => {
    for (const span of exporter.getFinishedSpans()) {
      if (span.name !== 'rowlock.run') continue;
      process.stdout.write(`ran in ${span.spanContext().traceId} under ${span.parentSpanContext?.spanId}\n`);
    }
    exporter.reset();
  }, 50);
  process.on('SIGTERM', () => void rowlock.close().then(() => process.exit(0)));
  process.stdout.write('worker ready\n');
}
