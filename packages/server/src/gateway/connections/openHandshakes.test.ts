import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { EngineConnection } from './connectionBounds.ts';
import { OpenHandshakes } from './openHandshakes.ts';

const connection = () => new EventEmitter() as EventEmitter & EngineConnection;

describe('the open handshakes of an address', () => {
  it('an address has no more of them than the limit, and others are not affected', () => {
    const handshakes = new OpenHandshakes(2);
    const all = ['here', 'here', 'here', 'there'].map((address) => handshakes.begin(connection(), address));
    expect(all).toEqual([true, true, false, true]);
  });

  it('a handshake is open until it ends or its connection closes, whichever comes first', () => {
    const handshakes = new OpenHandshakes(2);
    const [admitted, closed] = [connection(), connection()];
    for (const each of [admitted, closed]) handshakes.begin(each, 'here');
    handshakes.end(admitted);
    admitted.emit('close');
    expect(handshakes.isOpen(admitted)).toBe(false);
    expect([handshakes.begin(connection(), 'here'), handshakes.begin(connection(), 'here')]).toEqual([
      true,
      false,
    ]);
    closed.emit('close');
    expect(handshakes.begin(connection(), 'here')).toBe(true);
  });

  it('a connection that has closed is not counted', () => {
    const handshakes = new OpenHandshakes(2);
    expect(handshakes.begin(Object.assign(connection(), { readyState: 'closed' as const }), 'here')).toBe(
      false,
    );
    expect(handshakes.addressCount).toBe(0);
  });

  it('an address without open handshakes is forgotten', () => {
    const handshakes = new OpenHandshakes(2);
    const one = connection();
    handshakes.begin(one, 'here');
    expect(handshakes.addressCount).toBe(1);
    one.emit('close');
    expect(handshakes.addressCount).toBe(0);
  });
});
