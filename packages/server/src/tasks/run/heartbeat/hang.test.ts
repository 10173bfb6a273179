import { describe, expect, it } from 'vitest';
import { watchForHang } from './hang.ts';

describe('an event loop', () => {
  it('an event loop turns while its stamp moves, is busy while it does not, and hangs if that lasts too long', () => {
    const watch = watchForHang({ maxHangMs: 3_000 });
    expect(watch.look(1, 0)).toBe('turning');
    expect(watch.look(2, 900)).toBe('turning');
    expect(watch.look(2, 1_500)).toBe('turning');
    expect(watch.look(2, 2_000)).toBe('busy');
    expect(watch.look(2, 2_900)).toBe('busy');
    expect(watch.look(2, 3_900)).toBe('busy');
    expect(watch.look(2, 4_000)).toBe('hung');
    expect(watch.look(3, 4_200)).toBe('turning');
  });

  it('an event loop that was frozen together with its observer does not hang', () => {
    const watch = watchForHang({ maxHangMs: 3_000 });
    watch.look(1, 0);
    expect(watch.look(1, 60_000)).toBe('turning');
    expect(watch.look(1, 60_900)).toBe('turning');
    expect(watch.look(1, 61_100)).toBe('busy');
  });
});
