/**
 * A worker thread that sends PING in a closed loop on a connection of its own and notes how long the longest answer
 * took: what any other client of this Redis feels. It stands apart so that the event loop and the garbage of the
 * process that claims are not what is measured. Its orders: 'begin', and 'end', which it answers with a `ProbeResult`.
 */
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

export interface ProbeResult {
  worstMs: number;
  pings: number;
}

const { host, port } = workerData as { host: string; port: number };
const owner = parentPort!;
const socket = connect({ host, port, noDelay: true });
const PING = 'PING\r\n';

let isProbing = false;
let worstMs = 0;
let pings = 0;
let sentAt = 0;

function ping(): void {
  sentAt = performance.now();
  socket.write(PING);
}

socket.on('data', () => {
  worstMs = Math.max(worstMs, performance.now() - sentAt);
  pings++;
  if (isProbing) ping();
  else owner.postMessage({ worstMs, pings } satisfies ProbeResult);
});

owner.on('message', (order: 'begin' | 'end') => {
  isProbing = order === 'begin';
  if (!isProbing) return;
  worstMs = 0;
  pings = 0;
  ping();
});
socket.once('connect', () => owner.postMessage('ready'));
