/** Launches of children that are refused, fail, or need many records. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { passAll, useFamilies } from '../../../test/fixtures/familyFixture.ts';
import { newNamespace } from '../../../test/fixtures/rig.ts';
import { ann, reportingTask } from '../../../test/fixtures/taskFixture.ts';
import { ConflictError } from '../../errors.ts';

const { family, rigOf, redisOf } = useFamilies();

describe('the launch of a child', () => {
  it('a child whose records are blocked is not launched, and its parent continues', async () => {
    const errors: unknown[] = [];
    const { id, locks, reaches, tasks, gates } = await family(async (ctx, launch) => {
      await gates.pass(ctx, 'parent');
      await launch('one').catch((error) => errors.push(error));
      await launch('two').catch((error) => errors.push(error));
    });
    await gates.reached('parent');
    const holder = { type: 'person', id: 'tab', label: 'Edit', actor: ann } as const;
    const lease = await locks.acquire({ holder, records: ['cities/2'] });
    gates.open('parent');
    await gates.reached('one 0');
    passAll({ gates }, 'one');
    await reaches(id, 'completed');
    expect(errors).toEqual([expect.any(ConflictError)]);
    expect((await tasks.list()).tasks).toHaveLength(2);
    await lease.release();
  });

  it('a child that could not be queued is forgotten, and its parent completes', async () => {
    const namespace = newNamespace();
    const { redis, keys } = redisOf(namespace);
    const child = reportingTask({ name: 'child' });
    const errors: unknown[] = [];
    const parent = reportingTask({
      name: 'parent',
      async run(ctx) {
        const wait = `${keys.bullPrefix}:tasks:wait`;
        await redis.set(wait, 'no list');
        await ctx.launch(child, { ids: ['2'] }).catch((error) => errors.push(error));
        await redis.del(wait);
        await ctx.launch(child, { ids: ['3'] });
      },
    });
    const rig = await rigOf({ namespace, tasks: [parent, child] });
    await rig.rowlock.startWorker();
    const { task } = await rig.rowlock.tasks.launch(parent, { ids: ['1'] }, { actor: ann });
    const ended = await until(async () => {
      const now = await rig.rowlock.tasks.get(task.id);
      return now?.endedAt && now;
    });
    expect(errors).toHaveLength(1);
    expect(ended).toMatchObject({ state: 'completed', progress: { fraction: 1 } });
  });

  it('a child adds more records than one script can, or no records', async () => {
    const errors: unknown[] = [];
    const all = await family(async (ctx, launch) => {
      await all.gates.pass(ctx, 'parent');
      await launch('refused', 10_002).catch((error) => errors.push(error));
      await launch('wide', 10_002);
    });
    const { locks, held, reaches, id, gates } = all;
    await gates.reached('parent');
    const holder = { type: 'person', id: 'tab', label: 'Edit', actor: ann } as const;
    const lease = await locks.acquire({ holder, records: ['cities/1000101'] });
    gates.open('parent');
    await gates.reached('wide 0');
    expect(errors).toEqual([expect.any(ConflictError)]);
    expect(await held('cities/101', 'cities/102', 'cities/1000102')).toEqual([
      'cities/102',
      'cities/1000102',
    ]);
    passAll(all, 'wide');
    await reaches(id, 'completed');
    await lease.release();
  });
});
