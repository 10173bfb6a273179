/**
 * A worker thread that sends PING in a closed loop over its own connection and measures the longest wait for an answer.
 * Any other client of this Redis would wait as long. In a thread, it does not measure the event loop and the garbage
 * collection of the process under test. It receives 'begin' and 'end', and answers 'end' with a `ProbeResult`.
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

owner.on('message', (command: 'begin' | 'end') => {
  isProbing = command === 'begin';
  if (!isProbing) return;
  worstMs = 0;
  pings = 0;
  ping();
});
socket.once('connect', () => owner.postMessage('ready'));
