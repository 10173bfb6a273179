import { describe, expect, it } from 'vitest';
import { systemClock } from '../../clock.ts';
import { boundInflow, type EngineConnection, unreadBytes } from './connectionBounds.ts';

function connection() {
  let receive = (_packet: string | Uint8Array) => {};
  const engine: EngineConnection = {
    readyState: 'open',
    writeBuffer: [],
    transport: {},
    on: (event: string, listener: typeof receive) => {
      if (event === 'data') receive = listener;
    },
    close() {},
  };
  return { engine, receive: (packet: string | Uint8Array) => receive(packet) };
}

function bounded(limits: { packetsPer10s: number; bytesPer10s: number; isShared?: boolean }) {
  const { engine, receive } = connection();
  let floods = 0;
  boundInflow(engine, { isShared: false, ...limits }, { ...systemClock, nowMs: () => 0 }, () => {
    floods += 1;
  });
  return { receive, floods: () => floods };
}

describe('a connection that sends', () => {
  it('a connection counts as a flood beyond its number of packets, and is reported once', () => {
    const { receive, floods } = bounded({ packetsPer10s: 5, bytesPer10s: 1_000 });
    for (let i = 0; i < 5; i++) receive('2/rowlock,["unwatch",{}]');
    expect(floods()).toBe(0);
    for (let i = 0; i < 5; i++) receive('2/rowlock,["unwatch",{}]');
    expect(floods()).toBe(1);
  });

  it('a connection counts as a flood beyond its bytes, even before it has signed in, and in binary', () => {
    const { receive, floods } = bounded({ packetsPer10s: 100, bytesPer10s: 1_000 });
    receive(`0/rowlock,${JSON.stringify({ token: 'x'.repeat(600) })}`);
    receive(new Uint8Array(600));
    expect(floods()).toBe(0);
    receive('2/rowlock,["unwatch",{}]');
    expect(floods()).toBe(1);
  });

  it('a connection may send any amount to the namespaces of the application', () => {
    const { receive, floods } = bounded({ packetsPer10s: 5, bytesPer10s: 1_000, isShared: true });
    for (let i = 0; i < 500; i++) {
      receive('2/chat,["say","/rowlock is not meant by this"]');
      receive(new Uint8Array(600));
    }
    expect(floods()).toBe(0);
  });

  it('a connection may not flood the other namespaces of a server that Rowlock made', () => {
    const { receive, floods } = bounded({ packetsPer10s: 5, bytesPer10s: 1_000 });
    for (let i = 0; i < 6; i++) receive('0{"token":"x"}');
    expect(floods()).toBe(1);
  });
});

describe('the unread bytes of a connection', () => {
  it('the unread bytes of a connection include the packets that wait and the bytes in the socket', () => {
    const { engine } = connection();
    const writeBuffer = [{ data: 'x'.repeat(10) }, { data: new Uint8Array(20) }, {}];
    expect(unreadBytes({ ...engine, writeBuffer, transport: { socket: { bufferedAmount: 5 } } })).toBe(35);
    expect(unreadBytes({ ...engine, writeBuffer })).toBe(30);
  });
});
