import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { EngineConnection } from './connectionBounds.ts';
import { countSilence, createSilentConnections, LOOK_INTERVAL_MS } from './silentConnections.ts';

/** A connection over a WebSocket that counts pings, and answers them while `answers` is true. */
function connect(answers: boolean) {
  const socket = Object.assign(new EventEmitter(), {
    answers,
    pings: 0,
    ping() {
      socket.pings += 1;
      if (socket.answers) socket.emit('pong');
    },
  });
  const connection = { transport: { socket }, writeBuffer: [], on() {}, close() {} };
  return { socket, connection: connection as unknown as EngineConnection };
}

function lookFor(seconds: number, connections: EngineConnection[], beforeLook = () => {}) {
  const silent = createSilentConnections();
  for (let nowMs = 0; nowMs <= seconds * 1_000; nowMs += LOOK_INTERVAL_MS) {
    beforeLook();
    const [lost] = silent.look(connections, nowMs);
    if (lost) return nowMs / 1_000;
  }
  return undefined;
}

describe('a connection whose session holds a lease', () => {
  it('A connection that answers no ping is lost after 10 s', () => {
    expect(lookFor(60, [connect(false).connection])).toBe(10);
  });

  it('A page that sends nothing keeps its connection while its browser answers pings', () => {
    const { socket, connection } = connect(true);
    expect(lookFor(3_600, [connection])).toBeUndefined();
    expect(socket.pings).toBeGreaterThan(100);
  });

  it('A page that asks every 2 s is never pinged', () => {
    const { socket, connection } = connect(false);
    expect(lookFor(60, [connection], () => socket.emit('message'))).toBeUndefined();
    expect(socket.pings).toBe(0);
  });

  it('A connection without a WebSocket is left to Socket.IO', () => {
    const polling = { transport: {}, writeBuffer: [], on() {}, close() {} } as unknown as EngineConnection;
    expect(lookFor(3_600, [polling])).toBeUndefined();
  });

  it('A process that was frozen counts one look as 4 s at most', () => {
    expect(countSilence({ wasHeard: false, silentMs: 2_000 }, 60_000)).toBe(6_000);
    expect(countSilence({ wasHeard: true, silentMs: 2_000 }, 60_000)).toBe(0);
  });
});
