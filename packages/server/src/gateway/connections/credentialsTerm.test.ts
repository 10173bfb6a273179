import { describe, expect, it } from 'vitest';
import { handClock } from '../../../test/fixtures/handClock.ts';
import { CredentialsTerm } from './credentialsTerm.ts';

const WALL_MS = 1_800_000_000_000;

function termOfATest() {
  const clock = handClock();
  const ends: number[] = [];
  return { clock, ends, term: new CredentialsTerm(clock, () => ends.push(clock.nowMs())) };
}

describe('the term of credentials', () => {
  it('P15: credentials end when their time has come, by the monotonic clock', () => {
    const { clock, ends, term } = termOfATest();
    term.note(WALL_MS + 5_000, WALL_MS);
    clock.turn(4_999);
    expect(ends).toEqual([]);
    clock.turn(1);
    expect(ends).toEqual([5_000]);
  });

  it('P15: credentials do not last longer if the wall clock jumps back before they are checked again', () => {
    const { clock, ends, term } = termOfATest();
    term.note(WALL_MS + 5_000, WALL_MS);
    clock.turn(3_000);
    term.note(WALL_MS + 5_000, WALL_MS - 3_600_000);
    clock.turn(2_000);
    expect(ends).toEqual([5_000]);
  });

  it('credentials that were renewed end at their new time', () => {
    const { clock, ends, term } = termOfATest();
    term.note(WALL_MS + 5_000, WALL_MS);
    clock.turn(3_000);
    term.note(WALL_MS + 20_000, WALL_MS + 3_000);
    clock.turn(60_000);
    expect(ends).toEqual([20_000]);
  });

  it('credentials without an end never end, and credentials that have expired end at once', () => {
    const { clock, ends, term } = termOfATest();
    term.note(Number.POSITIVE_INFINITY, WALL_MS);
    clock.turn(1e12);
    expect(ends).toEqual([]);
    term.note(WALL_MS - 1, WALL_MS);
    clock.turn(0);
    expect(ends).toHaveLength(1);
  });

  it('credentials of a closed connection no longer end', () => {
    const { clock, ends, term } = termOfATest();
    term.note(WALL_MS + 5_000, WALL_MS);
    term.close();
    clock.turn(10_000);
    expect(ends).toEqual([]);
  });
});
