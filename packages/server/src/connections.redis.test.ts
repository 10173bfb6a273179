import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ann, bo, listBlockers, silent } from '../test/fixtures/lockFixture.ts';
import { gatedTask, newNamespace } from '../test/fixtures/rig.ts';
import { createRowlock } from './createRowlock.ts';
import { createLocks, type Locks } from './locks/locks.ts';
import type { Rowlock } from './rowlock.ts';

const TENANTS = 50;
const records = ['cities/1'] as const;
const { actor } = ann;

let server: TestRedis;
let instance: Redis;
let observer: Redis;
let warnings: Error[];
const note = (warning: Error) => void warnings.push(warning);
const open = new Set<{ close(): Promise<void> }>();

beforeAll(async () => {
  server = await startRedis();
  observer = new Redis(server.url);
});
afterAll(async () => {
  observer.disconnect();
  await server.stop();
});
beforeEach(() => {
  warnings = [];
  process.on('warning', note);
  instance = new Redis(server.url);
});
afterEach(async () => {
  await Promise.all([...open].map((one) => one.close()));
  open.clear();
  instance.disconnect();
  process.off('warning', note);
});

/** Connections to Redis but the one that counts. */
const connectionCount = async () =>
  String(await observer.client('LIST'))
    .trim()
    .split('\n').length - 1;
const connectionsReach = (count: number) =>
  until(async () => (await connectionCount()) === count, { what: `${count} connections` });

function tenant(options: Partial<Parameters<typeof createRowlock>[0]> = {}): Rowlock {
  const rowlock = createRowlock({
    redis: instance,
    namespace: newNamespace(),
    resources: ['cities'],
    auth: {
      authenticate: () => null,
      authorize: () => true,
    },
    logger: silent,
    ...options,
  });
  open.add(rowlock);
  return rowlock;
}

function registryAlone(): Locks {
  const locks = createLocks({ redis: instance, namespace: newNamespace(), logger: silent });
  open.add(locks);
  return locks;
}

/** Waits for a lease of another, and gets it when that one is released. */
async function takeTurns(locks: Locks): Promise<void> {
  const first = await locks.acquire({ holder: ann, records });
  const second = locks.acquire({
    holder: bo,
    records,
    onConflict: 'wait',
    onPosition: () => void first.release(),
  });
  await (await second).release();
}

describe(`${TENANTS} tenants that are given one ioredis instance`, () => {
  it('many tenants share two connections, and one more while they wait for records, without a warning', async () => {
    const tenants = Array.from({ length: TENANTS }, () => tenant());
    await Promise.all(tenants.map((one) => one.start()));
    await connectionsReach(3);
    await Promise.all(tenants.map(({ locks }) => takeTurns(locks)));
    await connectionsReach(4);
    await Promise.all(tenants.map((one) => one.close()));
    // Closing twice takes nothing from others.
    await Promise.all(tenants.map((one) => one.close()));
    await connectionsReach(1);
    expect(await instance.ping()).toBe('PONG');
    expect(warnings).toEqual([]);
  });

  it('many registries alone share two connections, without a warning', async () => {
    const tenants = Array.from({ length: TENANTS }, registryAlone);
    await Promise.all(tenants.map((one) => one.start()));
    await Promise.all(tenants.map(takeTurns));
    expect(await connectionCount()).toBe(2);
    await Promise.all(tenants.map((one) => one.close()));
    await connectionsReach(1);
    expect(warnings).toEqual([]);
  });
});

describe('tenants that share connections', () => {
  it('shared connections end with the last tenant, also if another tenant was refused for its options', async () => {
    const one = tenant();
    await one.start();
    expect(() => tenant({ audit: { maxBytes: -1 } })).toThrow('audit.maxBytes is -1');
    expect(() => tenant({ recovery: { graceMs: -1 } })).toThrow('graceMs is -1');
    await one.close();
    await connectionsReach(1);
  });

  it('tenants that share connections lock apart from each other, and each learns of its own tasks', async () => {
    const { task, gate } = gatedTask();
    const [a, b] = [tenant({ tasks: [task] }), tenant({ tasks: [task] })];
    await Promise.all([a.start(), b.start()]);
    await Promise.all([a.startWorker(), b.startWorker()]);
    const gates = [gate('a'), gate('b')];
    const launch = ({ tasks }: Rowlock, name: string) =>
      tasks.launch(task, { ids: ['1'], gate: name }, { actor });
    const launched = [await launch(a, 'a'), await launch(b, 'b')];
    await Promise.all(gates.map(({ started }) => started));
    expect(await listBlockers(a.locks.acquire({ holder: bo, records }))).toEqual(['Gated · 1']);
    gates[0]!.finish();
    await until(async () => (await a.tasks.get(launched[0]!.task.id))?.state === 'completed');
    expect((await b.tasks.get(launched[1]!.task.id))?.state).toBe('running');
    await (await a.locks.acquire({ holder: bo, records })).release();
    // The word of it comes over the log that both follow: it aborts the run at once.
    const signal = await gates[1]!.started;
    await b.tasks.cancel(launched[1]!.task.id, { actor });
    await until(() => signal.aborted);
  });

  it('a tenant and its worker continue after another tenant has closed', async () => {
    const { task, gate } = gatedTask();
    const [a, b] = [tenant({ tasks: [task] }), tenant({ tasks: [task] })];
    await Promise.all([a.start(), b.start()]);
    await Promise.all([a.startWorker(), b.startWorker()]);
    await a.close();
    const held = gate('b');
    const { task: launched } = await b.tasks.launch(task, { ids: ['1'], gate: 'b' }, { actor });
    await held.started;
    held.finish();
    await until(async () => (await b.tasks.get(launched.id))?.state === 'completed');
    await takeTurns(b.locks);
  });

  it('tenants that share connections lock again after the connections were killed', async () => {
    const [a, b] = [tenant(), tenant()];
    await Promise.all([a.start(), b.start()]);
    await observer.call('CLIENT', 'KILL', 'TYPE', 'normal');
    await until(async () => {
      await takeTurns(a.locks);
      await takeTurns(b.locks);
      return true;
    });
  });

  it('tenants that come and go leave nothing on the shared instance', async () => {
    const listeners = () =>
      instance.eventNames().reduce((sum, name) => sum + instance.listenerCount(name), 0);
    const comeAndGo = async () => {
      for (const one of [tenant(), registryAlone()]) {
        await one.start();
        await takeTurns('locks' in one ? one.locks : one);
        await one.close();
      }
    };
    await comeAndGo();
    const atFirst = listeners();
    for (let i = 0; i < 5; i++) await comeAndGo();
    expect(listeners()).toBe(atFirst);
    await connectionsReach(1);
  });
});
