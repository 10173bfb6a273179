/** P12: the fields that an application adds to its users reach `authorize`, and never leave the server. */
import type { Actor } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { FACES } from '../test/fixtures/faces.ts';
import { gatewayFixture } from '../test/fixtures/gatewayFixture.ts';
import { type Client, gatedTask, type Rig } from '../test/fixtures/rig.ts';
import type { AuthorizeQuestion } from './permissions.ts';

const { rig, server } = gatewayFixture();

interface Employee extends Actor {
  role: string;
  tenant: { id: string };
}

const employee = (id: string): Employee => ({
  id,
  name: id,
  role: `role-of-${id}`,
  tenant: { id: `tenant-of-${id}` },
});
const SECRETS = /role|tenant/;

/** Everything that the server sends to a tab, as it comes over the network. */
function overhear({ socket }: Client): string[] {
  const heard: string[] = [];
  socket.io.engine.on('packet', ({ data }) => heard.push(String(data)));
  return heard;
}

async function startWithEmployees(options: Parameters<typeof rig>[0]) {
  const asked: AuthorizeQuestion<Employee>[] = [];
  const started = await rig({
    ...options,
    authenticate: ({ headers, auth }) =>
      employee(headers.authorization?.replace('Bearer ', '') ?? String(auth.token)),
    authorize(question: AuthorizeQuestion<Employee>) {
      asked.push(question);
      return question.actor.role === `role-of-${question.actor.id}`;
    },
  });
  return { started, asked };
}

const send = async ({ fetch }: Rig, method: string, path: string, user: string): Promise<string> => {
  const response = await fetch(path, { method, headers: { authorization: `Bearer ${user}` } });
  return `${response.status} ${await response.text()}`;
};

/** All that Redis stores, as text. */
async function storedTexts(): Promise<string> {
  const redis = new Redis(server().url);
  const read: Record<string, (key: string) => Promise<unknown>> = {
    string: (key) => redis.get(key),
    hash: (key) => redis.hgetall(key),
    list: (key) => redis.lrange(key, 0, -1),
    set: (key) => redis.smembers(key),
    zset: (key) => redis.zrange(key, '0', '-1'),
    stream: (key) => redis.xrange(key, '-', '+'),
  };
  try {
    const keys = await redis.keys('*');
    const values = keys.map(async (key) => read[await redis.type(key)]?.(key));
    return JSON.stringify(await Promise.all(values));
  } finally {
    redis.disconnect();
  }
}

describe.each(FACES)('%s: own fields of a user', (face) => {
  it('P12: own fields of a user reach authorize with every question, and never the wire', async () => {
    const { task, gate } = gatedTask();
    const gateA = gate('a');
    const { started, asked } = await startWithEmployees({ face, tasks: [task] });
    const { rowlock, connect } = started;
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const overheard = [overhear(ann), overhear(bo)];
    await rowlock.startWorker();

    await bo.send('watch', { records: ['cities/1', 'cities/2'], tasks: 'all' });
    await ann.send('acquire', { records: ['cities/1'] });
    const refused = await bo.send('acquire', { records: ['cities/1'] });
    expect(refused).toMatchObject({ ok: false, error: { code: 'conflict' } });
    const answers = [
      await send(started, 'PUT', '/cities/1', 'bo'),
      await send(started, 'PUT', '/cities/3', 'bo'),
    ];
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual(['409', '200']);

    const { task: launched } = await rowlock.tasks.launch(
      task,
      { ids: ['2'], gate: 'a' },
      { actor: employee('ann') },
    );
    await gateA.started;
    answers.push(
      JSON.stringify(launched),
      await send(started, 'GET', '/rowlock/tasks', 'bo'),
      await send(started, 'GET', `/rowlock/tasks/${launched.id}`, 'bo'),
      await send(started, 'PUT', '/cities/2', 'bo'),
      await send(started, 'POST', `/rowlock/tasks/${launched.id}/cancel`, 'bo'),
    );
    const tookOver = await rowlock.locks.takeOver({
      holder: { type: 'person', id: 's', label: 'Edit', actor: employee('bo') },
      records: ['cities/1'],
      by: employee('bo'),
      reason: 'Urgent',
    });
    await until(() => bo.changes.some(({ tasks }) => tasks.some(({ state }) => state === 'cancelled')));
    await until(() => ann.lost.length === 1);
    await tookOver.release();

    expect(new Set(asked.map(({ action }) => action))).toEqual(
      new Set(['watch', 'acquire', 'write', 'launch', 'cancel', 'takeOver']),
    );
    expect(asked.every(({ actor }) => actor.tenant?.id === `tenant-of-${actor.id}`)).toBe(true);
    expect(overheard.every((packets) => packets.length > 0)).toBe(true);
    expect([...overheard.flat(), ...answers].filter((text) => SECRETS.test(text))).toEqual([]);
    expect(await storedTexts()).not.toMatch(SECRETS);
  });
});
