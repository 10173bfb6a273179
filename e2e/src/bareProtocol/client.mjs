// A client of Rowlock's live channel that knows PROTOCOL.md and `socket.io-client`, and nothing else.
//
//   node client.mjs http://localhost:3000
//
// It signs in to the demo as two users, and uses every message of the protocol. Ann acquires two cities, writes one under her
// lease and releases both, then launches tasks. Bo watches the cities and is refused. Each step prints a line, and the last line
// names the messages. The script throws if an answer differs from PROTOCOL.md.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';

const url = process.argv[2];
const [NICE, LYON, NANTES] = ['cities/2990440', 'cities/2996944', 'cities/2990969'];

async function signIn(userId) {
  const response = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId }),
  });
  return (await response.json()).token;
}

// A session lets a client resume its leases on a new connection. It is `<session id>.<secret>`, both made at random.
const newSession = () => `${randomUUID()}.${randomUUID()}`;

async function connect(token, rowlockSession) {
  const auth = { token, rowlockSession };
  const socket = io(`${url}/rowlock`, { auth, transports: ['websocket'], forceNew: true });
  const hello = await new Promise((resolve, reject) => {
    socket.once('hello', resolve);
    socket.once('connect_error', reject);
  });
  assert.equal(hello.protocol, 2);
  assert.equal(hello.certain, true);
  assert.ok(Math.abs(hello.now - Date.now()) < 5_000);
  assert.equal(typeof hello.limits.watchedRecords, 'number');
  return { socket, hello };
}

// The server answers each message with one acknowledgement.
const asked = new Set();
function ask(socket, name, message) {
  asked.add(name);
  return socket.timeout(5_000).emitWithAck(name, message);
}

// Keeps the newest state of records and leases. A view contains all leases in force on the records that it names.
function follow(socket) {
  const known = { records: {}, leases: {}, tasks: {} };
  const waiting = new Set();
  const apply = (view) => {
    Object.assign(known.records, view.records);
    for (const lease of view.leases) known.leases[lease.id] = lease;
    for (const task of view.tasks) known.tasks[task.id] = task;
    for (const look of waiting) look();
  };
  socket.on('changes', apply);
  return {
    apply,
    getHolder: (key) => known.leases[known.records[key]?.[0]]?.holder,
    getTask: (id) => known.tasks[id],
    isFree: (key) => known.records[key]?.length === 0,
    // Resolves as soon as `isTrue` returns true. Checks after each change.
    until: (isTrue) =>
      new Promise((resolve) => {
        const look = () => {
          if (!isTrue()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

const tokens = { ann: await signIn('ann'), bo: await signIn('bo') };
const annsSession = newSession();
let ann = await connect(tokens.ann, annsSession);
const bo = await connect(tokens.bo);
console.log(`signed in as ${ann.hello.actor.name} and ${bo.hello.actor.name}`);

const seen = follow(bo.socket);
const snapshot = await ask(bo.socket, 'watch', { records: [NICE, LYON] });
assert.equal(snapshot.ok, true);
assert.equal(typeof snapshot.position, 'string');
seen.apply(snapshot);
assert.ok(seen.isFree(NICE) && seen.isFree(LYON));
console.log('Bo watches both cities: they are free');

const acquired = await ask(ann.socket, 'acquire', { records: [NICE, LYON], label: 'By hand' });
assert.equal(acquired.ok, true);
const { id, fence, recordCount } = acquired.lease;
let { secret } = acquired.lease;
assert.equal(recordCount, 2);
assert.match(fence, /^\d+$/);
await seen.until(() => seen.getHolder(NICE) !== undefined && seen.getHolder(LYON) !== undefined);
assert.deepEqual(seen.getHolder(NICE).actor, { id: 'ann', name: 'Ann Lee' });
assert.equal(seen.getHolder(NICE).type, 'person');
assert.equal(seen.getHolder(NICE).label, 'By hand');
assert.equal(seen.getHolder(NICE).id, ann.hello.sessionId);
console.log('Bo sees the change: Ann Lee holds both');

const refused = await ask(bo.socket, 'acquire', { records: [LYON] });
assert.equal(refused.ok, false);
assert.equal(refused.error.code, 'conflict');
assert.deepEqual(refused.error.conflicts[0].records, [LYON]);
assert.equal(refused.error.conflicts[0].lease.id, id);
console.log('Bo is refused, and the error names the lease that blocks the city');

const page = await ask(bo.socket, 'listLocks', { resource: 'cities' });
assert.equal(page.locks.find(({ lease }) => lease.id === id).recordCount, 2);
console.log('Bo lists the locks on all cities');

const { blockers } = await ask(bo.socket, 'listBlockers', { records: [LYON] });
assert.deepEqual(
  blockers.map(({ lease }) => lease.id),
  [id],
);
console.log('Bo lists the lease that a request for the city would wait for');

ann.socket.disconnect();
ann = await connect(tokens.ann, annsSession);
const resumed = await ask(ann.socket, 'resume', { leaseId: id, secret });
assert.deepEqual(resumed.records.toSorted(), [NICE, LYON].toSorted());
secret = resumed.lease.secret;
const confirmed = await ask(ann.socket, 'confirm', {});
assert.equal(confirmed.leases[0].leaseId, id);
console.log('Ann resumes her lease on a new connection');

const city = `${url}/api/${NICE}`;
const edit = async (token, headers) => {
  const read = await fetch(city, { headers: { authorization: `Bearer ${token}` } });
  const { name, regionId, population, lat, lon } = await read.json();
  return fetch(city, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'rowlock-version': read.headers.get('rowlock-version'),
      ...headers,
    },
    body: JSON.stringify({ name, regionId, population, lat, lon, notes: 'written by hand' }),
  });
};
assert.equal((await edit(tokens.bo, {})).status, 409);
assert.equal((await edit(tokens.ann, { 'Rowlock-Lease': `${id}.${secret}` })).status, 200);
console.log('Ann writes under her lease, and Bo cannot write');

const extended = await ask(ann.socket, 'extend', { leaseId: id, secret, records: [NANTES] });
assert.equal(extended.lease.recordCount, 3);
assert.deepEqual(await ask(ann.socket, 'release', { leaseId: id, secret, records: [NANTES] }), {
  ok: true,
  recordCount: 2,
});
const taken = await ask(bo.socket, 'takeOver', { records: [NANTES], reason: 'Urgent' });
assert.equal(taken.ok, true);
await ask(bo.socket, 'release', { leaseId: taken.lease.id, secret: taken.lease.secret });
console.log('Ann adds a city to her lease and releases it, and Bo takes it');

const next = (socket, event) => new Promise((resolve) => socket.once(event, resolve));
const requested = next(ann.socket, 'releaseRequested');
const answered = next(bo.socket, 'releaseAnswered');
const wish = await ask(bo.socket, 'requestRelease', { leaseId: id, records: [LYON], message: 'Please' });
const { requestId, by } = await requested;
assert.equal(requestId, wish.requestId);
assert.deepEqual(by, bo.hello.actor);
await ask(ann.socket, 'answerRelease', { leaseId: id, requestId, answer: 'later' });
assert.equal((await answered).answer, 'later');
assert.deepEqual(await ask(ann.socket, 'activity', {}), { ok: true });
console.log('Bo asks for a city, and Ann answers that it takes longer');

const inForce = next(bo.socket, 'leaseAcquired');
const { waiting } = await ask(bo.socket, 'acquire', { records: [LYON], onConflict: 'wait' });
assert.equal(waiting.position, 1);
await ask(ann.socket, 'release', { leaseId: id, secret, records: [LYON] });
assert.equal((await inForce).leaseId, waiting.id);
await ask(bo.socket, 'release', { leaseId: waiting.id, secret: waiting.secret });
console.log('Bo waits for the city, and holds it when Ann releases it');

const released = await ask(ann.socket, 'release', { leaseId: id, secret });
assert.equal(released.ok, true);
await seen.until(() => seen.isFree(NICE) && seen.isFree(LYON));
console.log('Bo sees the change: both are free again');

const input = { selection: { ids: [2990440, 2996944] } };
const preview = await ask(ann.socket, 'preview', { task: 'normalise-names', input });
assert.equal(preview.recordCount, 2);
assert.equal(preview.freeCount, 2);
const launch = { task: 'normalise-names', input, idempotencyKey: randomUUID() };
const launched = await ask(ann.socket, 'launch', launch);
assert.equal(launched.ok, true);
// The answer to the first message may be lost, so the client may send it again.
assert.equal((await ask(ann.socket, 'launch', launch)).task.id, launched.task.id);
const { task } = launched;
seen.apply(await ask(bo.socket, 'watch', { tasks: [task.id] }));
await seen.until(() => seen.getTask(task.id)?.state === 'completed');
console.log('Ann launches a task once, and Bo sees how it completes');

const later = await ask(ann.socket, 'launch', { task: 'normalise-names', input, delayMs: 60_000 });
assert.equal(later.task.state, 'queued');
assert.equal((await ask(ann.socket, 'cancel', { taskId: later.task.id })).task.state, 'cancelled');
const again = await ask(ann.socket, 'retry', { taskId: later.task.id, delayMs: 60_000 });
assert.equal(again.task.retryOf, later.task.id);
assert.equal((await ask(ann.socket, 'cancel', { taskId: again.task.id })).ok, true);
const list = await ask(bo.socket, 'listTasks', { names: ['normalise-names'], limit: 3 });
assert.deepEqual(
  list.tasks.map(({ id: taskId }) => taskId),
  [again.task.id, later.task.id, task.id],
);
console.log('Ann cancels and retries a task, and Bo lists all three');

assert.deepEqual(await ask(bo.socket, 'unwatch', { records: [NICE, LYON], tasks: [task.id] }), { ok: true });
const ended = new Promise((resolve) => ann.socket.once('disconnect', resolve));
assert.deepEqual(await ask(ann.socket, 'endSession', {}), { ok: true });
await ended;
console.log('Ann signs out, and her session ends');

bo.socket.disconnect();
console.log(`used ${[...asked].toSorted().join(' ')}`);
