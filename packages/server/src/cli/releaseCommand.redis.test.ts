import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { useCli } from '../../test/fixtures/cliFixture.ts';

const { openNamespace } = useCli();

describe('rowlock release', () => {
  it('rowlock release ends nothing without a confirmation, and names the holder', async (test) => {
    const { run, edit, locks } = await openNamespace(test);
    const lease = await edit('cities/1', 'Edit Paris');
    const { code, output } = await run('release', lease.id);
    expect(output).toContain('"Edit Paris"');
    expect(output).toContain('Confirm with --yes');
    expect(code).toBe(4);
    expect(await locks.registry.isInForce(lease.id)).toBe(true);
  });

  it('rowlock release ends a lease by its id, and records in the audit trail who did it and why', async (test) => {
    const { run, edit, locks } = await openNamespace(test);
    const lease = await edit('cities/1');
    const { code, output } = await run('release', lease.id, '--yes', '--reason', 'left for the day');
    expect(output).toContain(`Ended lease ${lease.id} of "Edit a city".`);
    expect(code).toBe(0);
    const name = userInfo().username;
    expect(await locks.audit.listByRecord('cities/1')).toMatchObject([
      {
        what: 'released',
        reason: 'taken over',
        by: { id: `cli:${name}`, name: `${name}, by rowlock release` },
        why: 'left for the day',
      },
      { what: 'acquired' },
    ]);
    await until(() => lease.signal.aborted, { what: 'the holder to be notified', timeoutMs: 10_000 });
  }, 30_000);

  it("rowlock release ends a task's lease by a record: the task is notified, and ends", async (test) => {
    const { run, launch, gated, rowlock: server } = await openNamespace(test);
    await server.startWorker();
    const gate = gated.gate('1,2');
    const task = await launch('1', '2');
    const signal = await gate.started;
    const { code, output } = await run('release', 'cities/2', '--yes', '--reason', 'in the way');
    expect(output).toContain('all of its 2 records are freed');
    expect(output).toContain(`The task ${task.id} is notified, stops, and ends as failed`);
    expect(code).toBe(0);
    await until(() => signal.aborted, { what: 'the run to be notified', timeoutMs: 10_000 });
    await until(async () => (await server.tasks.get(task.id))?.state === 'failed', { timeoutMs: 15_000 });
    expect(await server.tasks.get(task.id)).toMatchObject({
      error: `Its locks were taken away by ${userInfo().username}, by rowlock release: in the way`,
    });
  }, 40_000);

  it('rowlock release exits with 1 if nobody holds the target, and with 2 if the target is malformed', async (test) => {
    const { run, edit } = await openNamespace(test);
    await edit('cities/2');
    expect(await run('release', 'cities/1', '--yes')).toEqual({
      code: 1,
      output: 'Nobody holds cities/1. Nothing was ended. Run "rowlock locks" to list the locks.\n',
    });
    expect(await run('release', '7', '--yes')).toMatchObject({ code: 1 });
    expect(await run('release', 'seven', '--yes')).toMatchObject({ code: 2 });
  });

  it("rowlock release waits for the application's own beforeRevoke, and ends nothing if that throws", async (test) => {
    const { run, edit, locks } = await openNamespace(test);
    const lease = await edit('cities/1');
    const folder = await mkdtemp(join(tmpdir(), 'rowlock-cli-'));
    test.onTestFinished(() => rm(folder, { recursive: true }));
    const module = join(folder, 'beforeRevoke.mjs');
    await writeFile(module, 'export default () => { throw new Error("the database is away"); };');
    const refused = await run('release', lease.id, '--yes', '--before-revoke', module);
    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringContaining('It failed: the database is away'),
    });
    expect(await locks.registry.isInForce(lease.id)).toBe(true);
    expect(await run('release', lease.id, '--yes', '--before-revoke', './none.mjs')).toMatchObject({
      code: 2,
    });
  });
});
