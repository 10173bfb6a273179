import { describe, expect, it } from 'vitest';
import { handClock } from '../../../test/fixtures/handClock.ts';
import type { RowlockSocket } from '../connections/rowlockSocket.ts';
import { Outbox } from './outbox.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** An outbox, the socket below it, and how often it has sent. */
function outboxAlone() {
  const clock = handClock();
  let drained = () => {};
  const packets: { data: string }[] = [];
  const socket = {
    connected: true,
    conn: {
      writeBuffer: packets,
      transport: {},
      once(_event: 'drain', listener: () => void) {
        drained = listener;
      },
    },
  };
  const answers = {
    isHolding: false,
    holdNoLonger() {
      answers.isHolding = false;
    },
  };
  const state = { sent: 0 };
  const outbox = new Outbox({
    socket: socket as unknown as RowlockSocket,
    clock,
    answers,
    send() {
      state.sent += 1;
    },
  });
  const drain = () => {
    packets.length = 0;
    drained();
  };
  return { clock, outbox, socket, packets, drain, answers, state };
}

describe('an outbox', () => {
  it('an outbox sends once for all changes of a turn', async () => {
    const { outbox, state } = outboxAlone();
    outbox.sendSoon();
    outbox.sendSoon();
    expect(state.sent).toBe(0);
    await turn();
    expect(state.sent).toBe(1);
  });

  it('an outbox sends the first progress after a pause at once, and later progress 200 ms after the last message', async () => {
    const { clock, outbox, state } = outboxAlone();
    outbox.sendProgress();
    outbox.sendProgress();
    await turn();
    expect(state.sent).toBe(1);
    clock.turn(50);
    outbox.sendProgress();
    clock.turn(149);
    await turn();
    expect(state.sent).toBe(1);
    clock.turn(1);
    await turn();
    expect(state.sent).toBe(2);
    clock.turn(200);
    outbox.sendProgress();
    await turn();
    expect(state.sent).toBe(3);
  });

  it('an outbox sends progress with the next message, and not once more', async () => {
    const { clock, outbox, state } = outboxAlone();
    outbox.sendSoon();
    await turn();
    outbox.sendProgress();
    outbox.sendSoon();
    await turn();
    clock.turn(1_000);
    await turn();
    expect(state.sent).toBe(2);
  });

  it('an outbox sends nothing to a slow socket until it has drained', async () => {
    const { outbox, packets, drain, state } = outboxAlone();
    for (let i = 0; i < 9; i++) packets.push({ data: 'x' });
    outbox.sendSoon();
    await turn();
    outbox.sendSoon();
    await turn();
    expect(state.sent).toBe(0);
    drain();
    expect(state.sent).toBe(1);
  });

  it('an outbox waits for answers of authorize, until they have come', async () => {
    const { outbox, answers, state } = outboxAlone();
    answers.isHolding = true;
    outbox.sendSoon();
    await turn();
    expect(state.sent).toBe(0);
    answers.isHolding = false;
    outbox.endHold();
    expect(state.sent).toBe(1);
  });

  it('an outbox waits for answers of authorize for 500 ms, and then sends without them', async () => {
    const { clock, outbox, answers, state } = outboxAlone();
    answers.isHolding = true;
    outbox.sendSoon();
    await turn();
    clock.turn(499);
    expect(state.sent).toBe(0);
    clock.turn(1);
    expect(state.sent).toBe(1);
    expect(answers.isHolding).toBe(false);
  });

  it('an outbox whose message waits for nothing ignores the end of a hold', async () => {
    const { outbox, state } = outboxAlone();
    outbox.endHold();
    await turn();
    expect(state.sent).toBe(0);
  });

  it('an outbox sends nothing after the connection has ended', async () => {
    const { clock, outbox, socket, state } = outboxAlone();
    outbox.sendSoon();
    outbox.sendProgress();
    socket.connected = false;
    outbox.close();
    clock.turn(1_000);
    await turn();
    expect(state.sent).toBe(0);
  });
});
