// A client of Rowlock's live channel that knows PROTOCOL.md and `socket.io-client`, and nothing else.
//
//   node client.mjs http://localhost:3000
//
// It signs in to the demo as two users. Ann acquires two cities, writes one under her lease and releases both. Bo watches
// the cities and is refused. Each step prints a line. The script throws if an answer differs from PROTOCOL.md.

import assert from 'node:assert/strict';
import { io } from 'socket.io-client';

const url = process.argv[2];
const [NICE, LYON] = ['cities/2990440', 'cities/2996944'];

async function signIn(userId) {
  const response = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId }),
  });
  return (await response.json()).token;
}

async function connect(token) {
  const socket = io(`${url}/rowlock`, { auth: { token }, transports: ['websocket'], forceNew: true });
  const hello = await new Promise((resolve, reject) => {
    socket.once('hello', resolve);
    socket.once('connect_error', reject);
  });
  assert.equal(hello.protocol, 1);
  assert.equal(hello.certain, true);
  assert.ok(Math.abs(hello.now - Date.now()) < 5_000);
  assert.equal(typeof hello.limits.watchedRecords, 'number');
  return { socket, hello };
}

// The server answers each message with one acknowledgement.
const ask = (socket, name, message) => socket.timeout(5_000).emitWithAck(name, message);

// Keeps the newest state of records and leases. A view contains all leases in force on the records that it names.
function follow(socket) {
  const known = { records: {}, leases: {} };
  const waiting = new Set();
  const apply = (view) => {
    Object.assign(known.records, view.records);
    for (const lease of view.leases) known.leases[lease.id] = lease;
    for (const look of waiting) look();
  };
  socket.on('changes', apply);
  return {
    apply,
    getHolder: (key) => known.leases[known.records[key]?.[0]]?.holder,
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
const ann = await connect(tokens.ann);
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
const { id, secret, fence, recordCount } = acquired.lease;
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

const city = `${url}/api/${NICE}`;
const edit = async (token, headers) => {
  const current = await (await fetch(city, { headers: { authorization: `Bearer ${token}` } })).json();
  const { version, name, regionId, population, lat, lon } = current;
  return fetch(city, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ version, name, regionId, population, lat, lon, notes: 'written by hand' }),
  });
};
assert.equal((await edit(tokens.bo, {})).status, 409);
assert.equal((await edit(tokens.ann, { 'Rowlock-Lease': `${id}.${secret}` })).status, 200);
console.log('Ann writes under her lease, and Bo cannot write');

const released = await ask(ann.socket, 'release', { leaseId: id, secret });
assert.deepEqual(released, { ok: true });
await seen.until(() => seen.isFree(NICE) && seen.isFree(LYON));
console.log('Bo sees the change: both are free again');

assert.deepEqual(await ask(bo.socket, 'unwatch', { records: [NICE, LYON] }), { ok: true });
ann.socket.disconnect();
bo.socket.disconnect();
console.log('done');
