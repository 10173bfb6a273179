/** The worker receives exactly the input that the launch accepted, however the task is launched and run. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newNamespace } from '../../../test/fixtures/rig.ts';
import { ann, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import type { RowlockOptions } from '../../rowlockOptions.ts';
import { defineTask } from '../definition/defineTask.ts';

const { rigOf, redisOf, reaches } = useTasks();

const seen: unknown[] = [];
const anything = defineTask({
  name: 'anything',
  input: z.object({ value: z.any() }),
  records: () => ['cities/1'],
  run: (_ctx, input) => void seen.push(input),
});
const strict = defineTask({
  name: 'strict',
  input: z.object({ since: z.date() }),
  records: () => ['cities/1'],
  run() {},
});
const coercing = defineTask({
  name: 'coercing',
  input: z.object({ since: z.coerce.date(), note: z.string().optional() }),
  label: ({ since }) => since.toISOString(),
  records: () => ['cities/1'],
  run: (_ctx, input) => void seen.push(input),
});

async function emptyRig(...tasks: NonNullable<RowlockOptions['tasks']>) {
  const namespace = newNamespace();
  const rig = await rigOf({ namespace, tasks });
  const { redis, keys } = redisOf(namespace);
  const expectNothing = async () => {
    expect((await rig.rowlock.locks.check(['cities/1'])).held.size).toBe(0);
    expect(await redis.zcard(keys.tasks)).toBe(0);
  };
  return { ...rig, rig, tasks: rig.rowlock.tasks, expectNothing };
}

describe('an input that JSON does not keep', () => {
  it.each<[string, unknown]>([
    ['a Date', new Date()],
    ['NaN', Number.NaN],
    ['Infinity', Infinity],
    ['-0', -0],
    ['a Map', new Map()],
    ['a Set', new Set()],
    ['a BigInt', 7n],
    ['undefined in a list', [undefined]],
    ['a class instance', new URL('http://127.0.0.1')],
  ])(
    'an input with %s is refused by launch, and by runOrLaunch on both sides of its threshold',
    async (_name, value) => {
      const { tasks, expectNothing } = await emptyRig(anything);
      const refusal = {
        code: 'bad_request',
        message: expect.stringContaining('and JSON does not keep that'),
      };
      await expect(tasks.launch(anything, { value }, { actor: ann })).rejects.toMatchObject(refusal);
      for (const threshold of [0, 100]) {
        const run = tasks.runOrLaunch(anything, { value }, { actor: ann, threshold });
        await expect(run).rejects.toMatchObject(refusal);
      }
      await expect(tasks.preview(anything, { value }, { actor: ann })).rejects.toMatchObject(refusal);
      expect(seen).toEqual([]);
      await expectNothing();
    },
  );

  it('an input is refused if the schema requires a Date, which a worker never receives', async () => {
    const { tasks, expectNothing } = await emptyRig(strict);
    const launch = tasks.launch(strict, { since: new Date(0) }, { actor: ann });
    await expect(launch).rejects.toThrow('it has an instance of Date at "since"');
    await expectNothing();
  });

  it('an input is accepted if the schema parses it to the same value here and in the worker', async () => {
    const { rig, rowlock, tasks } = await emptyRig(coercing);
    const since = new Date('2026-11-01T12:00:00.000Z');
    await rowlock.startWorker();
    const { task } = await tasks.launch(coercing, { since, note: undefined }, { actor: ann });
    expect(task.label).toBe('2026-11-01T12:00:00.000Z');
    await reaches(rig, task.id, 'completed');
    await tasks.runOrLaunch(coercing, { since }, { actor: ann });
    expect(seen.splice(0)).toEqual([{ since }, { since }]);
  });

  it('an input is also refused for a child', async () => {
    const parent = defineTask({
      name: 'parent',
      input: z.object({}),
      records: () => ['cities/1'],
      run: (ctx) => ctx.launch(anything, { value: new Date() }).then(() => 'launched'),
    });
    const { rig, rowlock, tasks } = await emptyRig(anything, parent);
    await rowlock.startWorker();
    const { task } = await tasks.launch(parent, {}, { actor: ann });
    expect((await reaches(rig, task.id, 'failed')).error).toContain('it has an instance of Date at "value"');
  });
});

describe('an input that changes while its records are asked for', () => {
  it('a changing input reaches the run as it was launched, here and in the worker', async () => {
    let given: { value: string[] };
    const changing = defineTask({
      ...anything,
      records() {
        given.value[0] = 'changed';
        return ['cities/1'];
      },
    });
    const { rig, rowlock, tasks } = await emptyRig(changing);
    await rowlock.startWorker();
    for (const threshold of [0, 100]) {
      given = { value: ['as launched'] };
      const { task } = await tasks.runOrLaunch(changing, given, { actor: ann, threshold });
      await reaches(rig, task.id, 'completed');
    }
    expect(seen.splice(0)).toEqual([{ value: ['as launched'] }, { value: ['as launched'] }]);
  });
});

describe('a result that JSON does not keep', () => {
  it.each<[string, unknown]>([
    ['a Date', { at: new Date(0) }],
    ['NaN', { at: Number.NaN }],
    ['a Set', { at: new Set([1]) }],
  ])(
    'a result with %s is left out, with a line in the log, and nobody sees another value',
    async (_name, returned) => {
      const returning = reportingTask({ run: () => returned });
      const { rig, rowlock, tasks } = await emptyRig(returning);
      await rowlock.startWorker();
      const { task } = await tasks.launch(returning, { ids: ['1'] }, { actor: ann });
      expect((await reaches(rig, task.id, 'completed')).result).toBeUndefined();
      expect((await tasks.log(task.id)).map(({ text }) => text)).toEqual([
        expect.stringMatching(
          /^Its result was not kept, because it has .* at "at", and JSON does not keep that\.$/,
        ),
      ]);
    },
  );
});
