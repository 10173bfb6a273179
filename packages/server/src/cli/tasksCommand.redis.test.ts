import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { jsonIn, useCli } from '../../test/fixtures/cliFixture.ts';

const { openNamespace } = useCli();

describe('rowlock tasks', () => {
  it('rowlock tasks shows the requested tasks with state and progress', async (test) => {
    const { run, launch, rowlock: server, gated } = await openNamespace(test);
    const queued = await launch('1');
    expect((await run('tasks')).output).toMatch(
      new RegExp(`${queued.id} +gated +queued.* +Ann +\\d+ s +1 +0 +Gated · 1`),
    );
    await server.startWorker();
    await until(async () => (await server.tasks.get(queued.id))?.state === 'completed');
    const gate = gated.gate('2');
    const running = await launch('2');
    await gate.started;
    const ids = async (...args: string[]) =>
      (jsonIn((await run('tasks', '--json', ...args)).output) as { id: string }[]).map(({ id }) => id);
    expect(await ids()).toEqual([running.id, queued.id]);
    expect(await ids('--state', 'running', 'queued')).toEqual([running.id]);
    expect(await ids('--name', 'other')).toEqual([]);
    expect(await ids('--text', queued.id.slice(0, 8))).toEqual([queued.id]);
    expect(await ids('--limit', '1')).toEqual([running.id]);
    gate.finish();
  });
});
