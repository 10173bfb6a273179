/** P15: what connected users may see and hold is asked again, in intervals and when the application says so. */
import type { RecordKey, TaskView } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { acquire, gatewayFixture, sees, watch } from '../../../test/fixtures/gatewayFixture.ts';
import { type Client, gatedTask, leasesOn, newNamespace, type Rig } from '../../../test/fixtures/rig.ts';
import type { AuthorizeQuestion } from '../../permissions.ts';

const { rig } = gatewayFixture();

const ann = { id: 'ann', name: 'Ann' };
const recheckMs = 400;

/** Permissions that a test takes away: `bo watch cities/1`, `bo acquire cities/1`, `bo watch task`. */
function rights() {
  const lost = new Set<string>();
  const asked: AuthorizeQuestion[] = [];
  const authorize = (question: AuthorizeQuestion) => {
    asked.push(question);
    const { actor, action, records = [], task } = question;
    if (task && lost.has(`${actor.id} ${action} task`)) return false;
    return !records.some((key) => lost.has(`${actor.id} ${action} ${key}`));
  };
  return { lost, asked, authorize };
}

const hiddenFrom = (client: Client, key: RecordKey) =>
  until(() => client.hidden.some(({ records }) => records.includes(key)), {
    what: `the hiding of ${key}`,
  });
const isHeld = async ({ rowlock }: Rig, key: RecordKey) => (await rowlock.locks.check([key])).held.size === 1;

describe('a permission that is lost while a tab watches', () => {
  it('P15: a lost permission to watch hides the record within the interval, and nothing follows', async () => {
    const { lost, authorize } = rights();
    const here = await rig({ authorize, recheckMs });
    const [bo, chen] = [await here.connect('bo'), await here.connect('chen')];
    await watch(bo, 'cities/1', 'cities/2');
    await watch(chen, 'cities/1');
    lost.add('bo watch cities/1');
    await hiddenFrom(bo, 'cities/1');
    expect(bo.hidden).toMatchObject([{ records: ['cities/1'], tasks: [], error: { code: 'forbidden' } }]);
    await acquire(chen, 'cities/1');
    await acquire(chen, 'cities/2');
    await sees(bo, 'cities/2', 1);
    expect(leasesOn(bo, 'cities/1')).toBeUndefined();
    await sees(chen, 'cities/1', 1);
    expect(await bo.send('watch', { records: ['cities/1'] })).toMatchObject({ error: { code: 'forbidden' } });
  });

  it('P15: a lost permission reaches watches of records in all processes at once if the application says so', async () => {
    const { lost, authorize } = rights();
    const namespace = newNamespace();
    const here = await rig({ namespace, authorize });
    const there = await rig({ namespace, authorize });
    const [boHere, boThere, chen] = [
      await here.connect('bo'),
      await there.connect('bo'),
      await there.connect('chen'),
    ];
    for (const tab of [boHere, boThere, chen]) await watch(tab, 'cities/1');
    lost.add('bo watch cities/1');
    await here.rowlock.sessions.refresh('bo');
    await acquire(chen, 'cities/1');
    await sees(chen, 'cities/1', 1);
    for (const tab of [boHere, boThere]) {
      await hiddenFrom(tab, 'cities/1');
      expect(leasesOn(tab, 'cities/1')).toBeUndefined();
    }
    expect(chen.hidden).toEqual([]);
  });

  it('P15: nothing is sent between the report of the application and its new answer', async () => {
    const { lost, authorize } = rights();
    let answer = () => {};
    let isHeldUp = false;
    const here = await rig({
      authorize: async (question) => {
        if (isHeldUp && question.actor.id === 'bo') {
          await new Promise<void>((resolve) => {
            answer = resolve;
          });
        }
        return authorize(question);
      },
    });
    const [bo, chen] = [await here.connect('bo'), await here.connect('chen')];
    await watch(bo, 'cities/1', 'cities/2');
    await watch(chen, 'cities/1');
    lost.add('bo watch cities/1');
    isHeldUp = true;
    await here.rowlock.sessions.refresh();
    await acquire(chen, 'cities/1', 'cities/2');
    await sees(chen, 'cities/1', 1);
    expect(bo.changes).toEqual([]);
    isHeldUp = false;
    answer();
    await sees(bo, 'cities/2', 1);
    expect(leasesOn(bo, 'cities/1')).toBeUndefined();
  });

  it('a permission that stays costs one question for a user and resource, however many tabs and records', async () => {
    const { asked, authorize } = rights();
    const here = await rig({ authorize, recheckMs });
    const tabs = [await here.connect('bo'), await here.connect('bo'), await here.connect('bo')];
    for (const tab of tabs) await watch(tab, 'cities/1', 'cities/2', 'regions/1');
    await watch(tabs[0]!, 'cities/3');
    const before = asked.length;
    const ofAll = () =>
      asked.slice(before).filter(({ records = [] }) => records.length === 3 || records[0] === 'regions/1');
    await until(() => ofAll().length >= 4, { what: 'two rounds' });
    const rounds = asked.slice(before);
    expect(rounds.slice(-4).map(({ records = [] }) => [...records].sort().join())).toEqual(
      expect.arrayContaining(['cities/1,cities/2,cities/3', 'regions/1']),
    );
    expect(tabs.flatMap(({ hidden }) => hidden)).toEqual([]);
  });
});

describe('a permission that is lost while a tab holds', () => {
  it('P15: a lost permission to acquire ends the lease, and the holder learns why', async () => {
    const { lost, authorize } = rights();
    const here = await rig({ authorize, recheckMs });
    const bo = await here.connect('bo');
    const { leaseId } = await acquire(bo, 'cities/1');
    await acquire(bo, 'cities/2');
    lost.add('bo acquire cities/1');
    await until(() => bo.lost.length > 0, { what: 'the loss' });
    expect(bo.lost).toEqual([{ leaseId, reason: 'not permitted' }]);
    await until(async () => !(await isHeld(here, 'cities/1')), { what: 'the free record' });
    expect(await isHeld(here, 'cities/2')).toBe(true);
  });

  it('P15: a lost permission to acquire ends a lease on another gateway at once if the application says so', async () => {
    const { lost, authorize } = rights();
    const namespace = newNamespace();
    const here = await rig({ namespace, authorize });
    const there = await rig({ namespace, authorize });
    const bo = await there.connect('bo');
    await acquire(bo, 'cities/1');
    lost.add('bo acquire cities/1');
    await here.rowlock.sessions.refresh('bo');
    await until(() => bo.lost[0]?.reason === 'not permitted', { what: 'the loss' });
    await until(async () => !(await isHeld(here, 'cities/1')), { what: 'the free record' });
  });
});

describe('a permission that is lost while a tab sees a task', () => {
  it('P15: a lost permission to watch a task hides it, and its rows are sent without its label', async () => {
    const { lost, authorize } = rights();
    const { task } = gatedTask();
    const here = await rig({ tasks: [task], authorize, recheckMs });
    const bo = await here.connect('bo');
    const { task: launched } = await here.rowlock.tasks.launch(
      task,
      { ids: ['1'], gate: 'a' },
      { actor: ann },
    );
    await watch(bo, 'cities/1');
    await bo.send('watch', { tasks: 'all' });
    lost.add('bo watch task');
    await until(() => bo.hidden.some(({ tasks }) => tasks.includes(launched.id)), {
      what: 'the hidden task',
    });
    const rows = await until(() => bo.changes.find((view) => 'cities/1' in view.records));
    expect(rows.leases[0]!.holder.label).toBe('A task');
    expect(rows.tasks).toEqual([]);
  });

  it('a task that is watched by its id is sent when its watcher gets the permission', async () => {
    const { lost, authorize } = rights();
    const { task } = gatedTask();
    const here = await rig({ tasks: [task], authorize });
    const bo = await here.connect('bo');
    const { task: launched } = await here.rowlock.tasks.launch(
      task,
      { ids: ['1'], gate: 'a' },
      { actor: ann },
    );
    lost.add('bo watch task');
    expect(await bo.send('watch', { tasks: [launched.id] })).toMatchObject({ tasks: [] });
    lost.clear();
    await here.rowlock.sessions.refresh('bo');
    const sent = (): TaskView | undefined => bo.changes.flatMap(({ tasks }) => tasks)[0];
    await until(() => sent()?.id === launched.id, { what: 'the task' });
  });
});

describe('an application that fails to answer', () => {
  it('P15: an authorize that fails keeps the last answer for the interval, and then the record is hidden', async () => {
    let fails = false;
    const here = await rig({
      recheckMs: 1_000,
      authorize: () => {
        if (fails) throw new Error('The database is away');
        return true;
      },
    });
    const bo = await here.connect('bo');
    await watch(bo, 'cities/1');
    fails = true;
    const failedAtMs = performance.now();
    await hiddenFrom(bo, 'cities/1');
    expect(performance.now() - failedAtMs).toBeLessThan(1_500);
    expect(bo.hidden[0]).toMatchObject({ error: { code: 'unavailable' } });
    expect(here.logged.join()).toContain('authorize failed for bo');
    fails = false;
    expect(await bo.send('watch', { records: ['cities/1'] })).toMatchObject({ ok: true });
  });

  it('an authorize that fails once, and then answers, changes nothing', async () => {
    let failures = 0;
    let asked = 0;
    const here = await rig({
      recheckMs: 1_000,
      authorize: () => {
        asked += 1;
        if (failures-- > 0) throw new Error('The database is away');
        return true;
      },
    });
    const bo = await here.connect('bo');
    await watch(bo, 'cities/1');
    failures = 1;
    const before = asked;
    await until(() => asked >= before + 3, { what: 'the next answers' });
    expect(bo.hidden).toEqual([]);
  });

  it('P15: an authenticate that never answers ends the connection when its last answer is too old', async () => {
    let isSilent = false;
    const here = await rig({
      recheckMs,
      authenticate: ({ auth }) =>
        isSilent ? new Promise<never>(() => {}) : { id: String(auth.token), name: String(auth.token) },
    });
    const bo = await here.connect('bo');
    isSilent = true;
    await until(() => bo.closing.length > 0, { what: 'the end of the connection' });
    expect(bo.closing).toMatchObject([{ code: 'unavailable' }]);
    expect(bo.socket.connected).toBe(false);
  });
});

describe('credentials that end while a tab is connected', () => {
  it('P15: a user who has signed out is disconnected within the interval, and their leases end', async () => {
    const signedOut = new Set<string>();
    const here = await rig({
      recheckMs,
      sessions: { disconnectGraceMs: 100 },
      authenticate: ({ auth }) => {
        const id = String(auth.token);
        return signedOut.has(id) ? null : { id, name: id };
      },
    });
    const [bo, chen] = [await here.connect('bo'), await here.connect('chen')];
    await acquire(bo, 'cities/1');
    signedOut.add('bo');
    await until(() => bo.closing.length > 0, { what: 'the end of the connection' });
    expect(bo.closing).toMatchObject([{ code: 'unauthenticated' }]);
    await until(async () => !(await isHeld(here, 'cities/1')), { what: 'the free record' });
    expect(chen.socket.connected).toBe(true);
  });

  it('P15: fields of the application that change count for the next questions, without a new connection', async () => {
    const roles = new Map([['bo', 'editor']]);
    const here = await rig({
      recheckMs,
      authenticate: ({ auth }) => {
        const id = String(auth.token);
        return { id, name: id, role: roles.get(id) };
      },
      authorize: ({ actor }) => (actor as { role?: string }).role === 'editor',
    });
    const bo = await here.connect('bo');
    await watch(bo, 'cities/1');
    roles.set('bo', 'guest');
    await hiddenFrom(bo, 'cities/1');
    expect(bo.socket.connected).toBe(true);
  });

  it('a connection whose credentials now belong to another user ends', async () => {
    let id = 'bo';
    const here = await rig({ recheckMs, authenticate: () => ({ id, name: id }) });
    const bo = await here.connect('bo');
    id = 'chen';
    await until(() => bo.closing.length > 0, { what: 'the end of the connection' });
    expect(bo.closing).toMatchObject([{ code: 'unauthenticated' }]);
  });
});
