import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { gatedTask, type RigOptions, startRig } from '../../test/fixtures/rig.ts';
import { collectMetrics } from './collectMetrics.ts';

const ann = { id: 'ann', name: 'Ann' };
const holder = (name: string) =>
  ({ type: 'person', id: `tab-${name}`, label: name, actor: { id: name, name } }) as const;

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

async function open({ onTestFinished }: TestContext, options: RigOptions = {}, on: TestRedis = server) {
  const { task, gate } = gatedTask();
  const rig = await startRig(on, { tasks: [task], ...options });
  onTestFinished(() => rig.close());
  const register = new Registry();
  collectMetrics(rig.rowlock, { register });
  /** The value of a line such as `rowlock_tasks{state="queued"}`; undefined if it is absent. */
  const scrape = async () => {
    const lines = (await register.metrics()).split('\n').map((line) => line.split(' '));
    return (name: string) => {
      const line = lines.find(([first]) => first === name);
      return line && Number(line[1]);
    };
  };
  const shows = (name: string, value: number) =>
    until(async () => (await scrape())(name) === value, { what: `${name} ${value}` });
  return { ...rig, task, gate, register, scrape, shows, locks: rig.rowlock.locks, tasks: rig.rowlock.tasks };
}

describe('metrics', () => {
  it('metrics report leases, records and waiters, as Redis has them', async (test) => {
    const { locks, tasks, task, shows, scrape } = await open(test);
    const records = ['cities/1', 'cities/2', 'cities/3'] as const;
    const lease = await locks.acquire({ holder: holder('ann'), records });
    await tasks.launch(task, { ids: ['8', '9'], gate: 'a' }, { actor: ann });
    const stop = new AbortController();
    const waiting = locks
      .acquire({ holder: holder('bo'), records: ['cities/1'], onConflict: 'wait', signal: stop.signal })
      .catch(() => {});
    await shows('rowlock_leases{standing="waiting",holder_type="person"}', 1);
    const value = await scrape();
    expect(value('rowlock_redis_up')).toBe(1);
    expect(value('rowlock_leases{standing="held",holder_type="person"}')).toBe(1);
    expect(value('rowlock_leases{standing="held",holder_type="task"}')).toBe(1);
    expect(value('rowlock_locked_records')).toBe(5);
    expect(value('rowlock_waiting')).toBe(1);
    await lease.release(['cities/3']);
    await shows('rowlock_locked_records', 4);
    stop.abort();
    await waiting;
  });

  it('metrics report tasks by state, the age of the oldest, and how tasks have ended', async (test) => {
    const { tasks, task, gate, shows, scrape, rowlock } = await open(test);
    await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    await shows('rowlock_tasks{state="queued"}', 1);
    const oldest = 'rowlock_task_oldest_seconds{state="queued"}';
    const first = (await scrape())(oldest)!;
    expect(first).toBeGreaterThan(0);
    await until(async () => (await scrape())(oldest)! > first);
    const gateA = gate('a');
    await rowlock.startWorker();
    await gateA.started;
    await shows('rowlock_tasks{state="running"}', 1);
    gateA.finish(new Error('Disk is full'));
    await shows('rowlock_task_ends_total{state="failed"}', 1);
    await shows('rowlock_tasks{state="running"}', 0);
    expect((await scrape())(oldest)).toBe(0);
  });

  it('metrics count requests for records by their result', async (test) => {
    const { locks, tasks, task, scrape } = await open(test);
    await locks.acquire({ holder: holder('ann'), records: ['cities/1'] });
    await locks.acquire({ holder: holder('bo'), records: ['cities/1'] }).catch(() => {});
    await locks.acquire({ holder: holder('bo'), records: [] }).catch(() => {});
    await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann }).catch(() => {});
    await tasks.launch(task, { ids: ['2'], gate: 'a' }, { actor: ann });
    const value = await scrape();
    expect(value('rowlock_acquires_total{result="acquired"}')).toBe(2);
    expect(value('rowlock_acquires_total{result="conflict"}')).toBe(2);
    expect(value('rowlock_acquires_total{result="refused"}')).toBe(1);
    expect(value('rowlock_acquires_total{result="unavailable"}')).toBe(0);
  });

  it('metrics count the actions of the reconciler', async (test) => {
    const { tasks, task, shows } = await open(test);
    await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    await shows('rowlock_reconciler_actions_total{action="worker-missing"}', 1);
  });

  it('metrics report the number of sessions, and the lag of their messages', async (test) => {
    const { connect, shows, scrape, locks } = await open(test);
    const client = await connect('ann');
    await shows('rowlock_gateway_sockets', 1);
    // News that takes less than half a millisecond may count as none.
    const lag = async () => (await scrape())('rowlock_gateway_lag_seconds')!;
    const beganMs = performance.now();
    let id = 0;
    await until(async () => {
      await locks.acquire({ holder: holder('bo'), records: [`cities/${++id}`] });
      return (await lag()) > 0;
    });
    expect(await lag()).toBeLessThan((performance.now() - beganMs) / 1_000);
    client.socket.disconnect();
    await shows('rowlock_gateway_sockets', 0);
  });

  it('metrics report how far behind each subscriber is', async (test) => {
    let isBroken = true;
    const { locks, scrape, shows } = await open(test, {
      subscribers: {
        dashboard: {
          onLease() {
            if (isBroken) throw new Error('the database is away');
          },
        },
      },
    });
    await shows('rowlock_subscriber_behind{subscriber="dashboard"}', 0);
    await locks.acquire({ holder: holder('ann'), records: ['cities/1'] });
    await until(async () => (await scrape())('rowlock_subscriber_behind{subscriber="dashboard"}')! > 0);
    isBroken = false;
    await until(async () => (await scrape())('rowlock_subscriber_behind{subscriber="dashboard"}') === 0, {
      timeoutMs: 15_000,
    });
  });

  it('P11: metrics report that Redis is away, and leave out the values that only Redis has', async (test) => {
    const own = await startRedis();
    test.onTestFinished(() => own.stop());
    const { locks, shows, scrape } = await open(test, {}, own);
    await shows('rowlock_locked_records', 0);
    await own.kill();
    await locks.acquire({ holder: holder('ann'), records: ['cities/1'] }).catch(() => {});
    const value = await scrape();
    expect(value('rowlock_redis_up')).toBe(0);
    expect(value('rowlock_locked_records')).toBeUndefined();
    expect(value('rowlock_leases{standing="held",holder_type="task"}')).toBeUndefined();
    expect(value('rowlock_acquires_total{result="unavailable"}')).toBe(1);
    expect(value('rowlock_gateway_sockets')).toBe(0);
  });

  it('metrics are measured once for each scrape, whatever the number of metrics and leases', async (test) => {
    const { rowlock, locks } = await open(test);
    for (let i = 0; i < 5; i++) await locks.acquire({ holder: holder(`p${i}`), records: [`cities/${i}`] });
    let asked = 0;
    const register = new Registry();
    collectMetrics(
      {
        measure() {
          asked++;
          return rowlock.measure();
        },
      },
      { register },
    );
    await register.metrics();
    await register.metrics();
    expect(asked).toBe(2);
  });

  it('metrics have labels of few values, and no value that a user could choose', async (test) => {
    const { register, locks, shows } = await open(test);
    await locks.acquire({ holder: holder('ann'), records: ['cities/1'] });
    await shows('rowlock_leases{standing="held",holder_type="person"}', 1);
    const labels = new Set([...(await register.metrics()).matchAll(/(\w+)="/g)].map(([, label]) => label));
    expect([...labels].sort()).toEqual(['action', 'holder_type', 'result', 'standing', 'state']);
  });
});
