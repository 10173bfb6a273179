/** Tasks whose schemas are not zod's. */

import { recordKey } from '@rowlock/protocol';
import * as valibot from 'valibot';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ann, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { defineTask } from '../definition/defineTask.ts';

const { rigOf, reaches } = useTasks();

const ids = valibot.object({ ids: valibot.array(valibot.string()) });
const counting = defineTask({
  name: 'counting',
  input: ids,
  result: valibot.object({ count: valibot.pipe(valibot.number(), valibot.minValue(2)) }),
  label: ({ ids: given }) => `Counting ${given.length}`,
  records: ({ ids: given }) => given.map((id) => recordKey('cities', id)),
  run: (ctx) => ({ count: ctx.records.length }),
});
const asking = defineTask({
  name: 'asking',
  input: z
    .object({ ids: z.array(z.string()) })
    .refine(async ({ ids: given }) => given.length > 0, 'choose a row'),
  records: ({ ids: given }) => given.map((id) => recordKey('cities', id)),
  run: (_ctx, { ids: given }) => given.length,
});

it('a task with schemas of valibot is checked at launch, and its result when it ends', async () => {
  const rig = await rigOf({ tasks: [counting] });
  const { tasks } = rig.rowlock;
  await rig.rowlock.startWorker();
  await expect(tasks.launch(counting, { ids: [1] } as never, { actor: ann })).rejects.toMatchObject({
    code: 'bad_request',
    message: expect.stringMatching(/^The input of "counting" is malformed at "ids\.0": Invalid type/),
  });
  const { task: kept } = await tasks.launch(counting, { ids: ['1', '2'] }, { actor: ann });
  expect(kept.label).toBe('Counting 2');
  expect((await reaches(rig, kept.id, 'completed')).result).toEqual({ count: 2 });
  const { task: refused } = await tasks.launch(counting, { ids: ['1'] }, { actor: ann });
  expect((await reaches(rig, refused.id, 'failed')).error).toMatch(
    /^Its result is not what "counting" promises at "count": Invalid value/,
  );
});

it('a task with an asynchronous schema is launched and run', async () => {
  const rig = await rigOf({ tasks: [asking] });
  const { tasks } = rig.rowlock;
  await rig.rowlock.startWorker();
  await expect(tasks.launch(asking, { ids: [] }, { actor: ann })).rejects.toThrow('choose a row');
  const { task } = await tasks.launch(asking, { ids: ['1'] }, { actor: ann });
  expect((await reaches(rig, task.id, 'completed')).result).toBe(1);
});
