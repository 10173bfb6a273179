import { Redis } from 'ioredis';
import { describe, expect, it, type TestContext } from 'vitest';
import { jsonIn, rowlock, useCli } from '../../test/fixtures/cliFixture.ts';
import { newNamespace } from '../../test/fixtures/rig.ts';
import { ann } from '../../test/fixtures/taskFixture.ts';
import { createLockRegistry } from '../locks/registry/registry.ts';

const { server, at, openNamespace } = useCli();

describe.concurrent('rowlock reconcile', () => {
  it('rowlock reconcile changes nothing if all holders live', async (test) => {
    const { run, launch } = await openNamespace(test);
    await launch('1');
    expect(await run('reconcile')).toMatchObject({ code: 0 });
  }, 40_000);

  /** A launcher that crashed at once. No other process serves this namespace. */
  async function leaveLease({ onTestFinished }: TestContext) {
    const redis = new Redis(server().url);
    onTestFinished(() => redis.disconnect());
    const namespace = newNamespace();
    const registry = createLockRegistry({ redis, namespace });
    const holder = { type: 'task', id: 'never-written', label: 'Never written', actor: ann } as const;
    const { id } = await registry.acquire({ holder, records: ['cities/1'], expiry: 'supervised' });
    return { id, registry, run: (...args: string[]) => rowlock(...args, ...at(namespace)) };
  }

  it('P8: rowlock reconcile settles the leases of a crashed holder, and says what it waits for and what it did', async (test) => {
    const { id, run, registry } = await leaveLease(test);
    const { code, output } = await run('reconcile', '--json');
    expect(output).toMatch(
      new RegExp(`waiting: lease ${id}: it has been seen without a heartbeat for \\d s of 10 s`),
    );
    expect(jsonIn(output)).toEqual({
      outcomes: [
        {
          subject: 'lease',
          id,
          action: 'expired',
          reason: 'its task never-written was never stored, or is gone',
        },
      ],
      unconfirmed: [],
    });
    expect(code).toBe(0);
    expect(await registry.isInForce(id)).toBe(false);
  }, 60_000);

  it('rowlock reconcile says in words what it has done', async (test) => {
    const { id, run } = await leaveLease(test);
    const { output } = await run('reconcile');
    expect(output).toContain(`lease ${id}: expired, because its task never-written was never stored`);
  }, 60_000);

  it('rowlock reconcile exits with 4 if it cannot confirm in time that a holder is gone', async (test) => {
    const { id, run, registry } = await leaveLease(test);
    const { code, output } = await run('reconcile', '--timeout', '4');
    expect(output).toContain(`Not confirmed: lease ${id}: it has been seen without a heartbeat`);
    expect(code).toBe(4);
    expect(await registry.isInForce(id)).toBe(true);
  }, 40_000);
});
