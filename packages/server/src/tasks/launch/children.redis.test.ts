/** Children work under the lease of their parent, and count in its progress. */
import type { TaskView } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { passAll, useFamilies } from '../../../test/fixtures/familyFixture.ts';

const { family } = useFamilies();

describe('a child', () => {
  it('a child works under the lease of its parent, which covers its records, and ends with the last of the family', async () => {
    const children: TaskView[] = [];
    const all = await family(async (_ctx, launch) => {
      children.push(await launch('one'), await launch('two'));
      return { launched: 2 };
    });
    const { id, leaseId, get, reaches, held, gates } = all;
    await gates.reached('two 0');
    expect(children).toMatchObject([
      { parentId: id, leaseId, recordCount: 2 },
      { parentId: id, leaseId, recordCount: 2 },
    ]);
    // City 1 is the parent's, city 2 was added; its run is over, and it has not ended.
    await until(async () => (await get(id)).result !== undefined);
    expect(await get(id)).toMatchObject({ state: 'running', recordCount: 2 });
    passAll(all, 'one');
    await reaches(children[0]!.id, 'completed');
    expect(await get(id)).toMatchObject({ state: 'running' });
    expect(await held('cities/0', 'cities/1', 'cities/2')).toHaveLength(3);
    passAll(all, 'two');
    expect(await reaches(id, 'completed')).toMatchObject({ result: { launched: 2 } });
    expect(await held('cities/0', 'cities/1', 'cities/2')).toEqual([]);
  });

  it('a child counts in the progress of its parent by its units, which never goes back', async () => {
    const all = await family(async (ctx, launch) => {
      ctx.progress.total(20);
      await launch('small', 20);
      ctx.progress.advance(20);
      await all.gates.pass(ctx, 'parent');
      await launch('large', 60);
    });
    const { id, get, reaches, gates } = all;
    const fraction = async () => (await get(id)).progress.fraction ?? 0;
    const seen: number[] = [];
    const fractionIs = (value: number) =>
      until(
        async () => {
          seen.push(await fraction());
          return Math.abs(seen.at(-1)! - value) < 1e-9;
        },
        { what: `a fraction of ${value}` },
      );
    await fractionIs(20 / 40);
    gates.open('small 0');
    await fractionIs(30 / 40);
    // Another child raises the total, but the fraction never goes back.
    gates.open('parent');
    await gates.reached('large 0');
    gates.open('small 1');
    gates.open('large 0');
    await until(async () => (await get(id)).progress.done === 20);
    gates.open('large 1');
    expect((await reaches(id, 'completed')).progress.fraction).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('a repeated run finds its child, which continues meanwhile', async () => {
    const launched: string[] = [];
    const all = await family(
      async (ctx, launch) => {
        launched.push((await launch('one')).id, (await launch('two')).id);
        if (ctx.attempt === 1) throw new Error('Flaky');
      },
      {
        attempts: 2,
        // The secret of the lease is another one since the parent's second attempt.
        async childRun(ctx) {
          await ctx.extend(['cities/9']);
          ctx.recordDone('cities/9');
        },
      },
    );
    const { id, reaches, tasks } = all;
    await until(() => launched.length === 4);
    passAll(all, 'one', 'two');
    expect(await reaches(id, 'completed')).toMatchObject({ attempt: 2 });
    expect(launched.slice(2)).toEqual(launched.slice(0, 2));
    expect(
      (await tasks.list()).tasks.map(({ name, state, attempt }) => `${name} ${state} ${attempt}`),
    ).toEqual(expect.arrayContaining(['child completed 1', 'child completed 1', 'parent completed 2']));
    expect((await tasks.list()).tasks).toHaveLength(3);
  });

  it("a child still counts in the progress of its parent when the parent's run is repeated", async () => {
    const all = await family(
      async (ctx, launch) => {
        await launch('one');
        await all.gates.pass(ctx, `attempt ${ctx.attempt}`);
        if (ctx.attempt === 1) throw new Error('Flaky');
      },
      { attempts: 2 },
    );
    const { id, get, reaches, gates } = all;
    const fraction = async () => (await get(id)).progress.fraction ?? 0;
    passAll(all, 'one');
    const before = await until(fraction, { what: 'the child to count' });
    gates.open('attempt 1');
    await gates.reached('attempt 2');
    expect(await fraction()).toBe(before);
    gates.open('attempt 2');
    await reaches(id, 'completed');
  });
});
