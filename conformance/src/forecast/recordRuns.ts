/**
 * `pnpm record-forecasts`: runs real tasks on a real server and Redis, and writes what a tab learns of them, for the forecast of
 * `@rowlock/react`. Takes about a minute.
 */
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRowlock } from '@rowlock/server';
import { startChild, startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { recordTab } from './recordTab.ts';
import { type Run, runs } from './runs.ts';
import { workTask } from './workTask.ts';

const FOLDER = new URL('../../../packages/react/src/core/forecast/recordings/', import.meta.url);
const ann = { id: 'ann', name: 'Ann' };

async function record(redis: TestRedis, run: Run): Promise<void> {
  const namespace = `forecast-${run.name}`;
  const rowlock = createRowlock({
    redis: redis.url,
    namespace,
    resources: ['cities'],
    tasks: [workTask],
    auth: { authenticate: () => ann, authorize: () => true },
  });
  await rowlock.start();
  const server = createServer();
  rowlock.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const startWorker = async () => {
    const module = new URL('./workerProcess.ts', import.meta.url);
    const worker = await startChild<never, 'ready'>({ module, args: [redis.url, namespace] });
    await worker.next({ timeoutMs: 30_000 });
    return worker;
  };
  let worker = await startWorker();
  const taskIds: string[] = [];
  for (const input of run.tasks) {
    const { task } = await rowlock.tasks.launch(workTask, input, { actor: ann, onConflict: 'wait' });
    taskIds.push(task.id);
  }
  const { port } = server.address() as AddressInfo;
  const tab = await recordTab(`http://127.0.0.1:${port}`, run.tasks[0]!.count, taskIds);
  if (run.killsAfter !== undefined) {
    const isThere = () => (tab.doneOf(taskIds[0]!) ?? 0) >= run.killsAfter!;
    await until(isThere, { what: 'the time to kill', timeoutMs: 60_000 });
    worker.signal('SIGKILL');
    worker = await startWorker();
  }
  await until(() => tab.isOver(), { what: `the end of ${run.name}`, timeoutMs: 180_000, intervalMs: 100 });
  await writeFile(new URL(`${run.name}.jsonl`, FOLDER), tab.toLines());
  tab.close();
  await rowlock.close();
  await worker.stop();
  server.close();
}

const redis = await startRedis();
await Promise.all(runs.map((run) => record(redis, run)));
await redis.stop();
