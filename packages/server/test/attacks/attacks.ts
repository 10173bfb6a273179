/** The attacks. Each lasts until its process ends, and counts what it does. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordKey } from '@rowlock/protocol';
import { leavePollsUnread } from './deafPolling.ts';
import { POLITE_RECORDS } from './politeRecords.ts';
import {
  type Counts,
  messagePacket,
  openRawSocket,
  type RawSocket,
  signInPacket,
  type Target,
} from './rawSocket.ts';

const TICK_MS = 10;
/** One message. A server that examined all of them would ask `authorize` for each */
const MESSAGE = messagePacket('watch', { records: ['cities/1'] });

/** One client sends 10,000 messages a second. If its connection ends, it connects again at once. */
function floodWithMessages(target: Target, counts: Counts): void {
  const batch = Array.from({ length: 10_000 / (1_000 / TICK_MS) }, () => MESSAGE);
  let socket: RawSocket | undefined;
  const connect = () =>
    openRawSocket(target, {
      onOpen(opened) {
        counts.opened += 1;
        socket = opened;
        opened.send(signInPacket('mallory'));
      },
      onEnd() {
        counts.ended += 1;
        socket = undefined;
        setTimeout(connect, TICK_MS);
      },
    });
  connect();
  setInterval(() => {
    if (!socket) return;
    socket.send(...batch);
    counts.messages += batch.length;
  }, TICK_MS);
}

/** 1,000 handshakes a second: every other one says nothing, and the others have no permission to sign in. */
function floodWithHandshakes(target: Target, counts: Counts): void {
  const perTick = 1_000 / (1_000 / TICK_MS);
  setInterval(() => {
    for (let i = 0; i < perTick; i++) {
      openRawSocket(target, {
        onOpen(socket) {
          counts.opened += 1;
          if (i % 2 === 0) socket.send(signInPacket('nobody'));
        },
        onEnd() {
          counts.ended += 1;
        },
      });
    }
  }, TICK_MS);
}

/**
 * 200 clients watch rows that change, and stop reading. 100 of them have a WebSocket. The others poll, and ask for more and more
 * without a look at the answers, on one connection after the other.
 */
async function stopReading(target: Target, counts: Counts): Promise<void> {
  const watch = messagePacket('watch', { records: POLITE_RECORDS.slice(0, 2) });
  for (let i = 0; i < 100; i++) {
    openRawSocket(target, {
      onOpen(socket) {
        counts.opened += 1;
        socket.send(signInPacket(`deaf-${i}`));
        void socket.readOnce().then(() => socket.send(watch));
      },
      onEnd() {
        counts.ended += 1;
      },
    });
    await sleep(TICK_MS);
  }
  const records = Array.from({ length: 100 }, (_, i): RecordKey => `cities/${'x'.repeat(110)}${i}`);
  const ask = messagePacket('watch', { records });
  for (let i = 0; i < 100; i++) {
    void leavePollsUnread(target, [signInPacket(`silent-${i}`), watch, ask], counts);
    await sleep(TICK_MS);
  }
}

export const ATTACKS = { floodWithMessages, floodWithHandshakes, stopReading };
