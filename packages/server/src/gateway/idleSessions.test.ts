import type { Idle } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { handClock } from '../../test/fixtures/handClock.ts';
import { readIdleRule } from '../sessions/idleRule.ts';
import { createIdleSessions, type IdleSession } from './idleSessions.ts';

const rule = { warnMs: 10_000, releaseMs: 15_000 };

function open() {
  const hand = handClock();
  let busyMs = 0;
  const clock = { ...hand, nowMs: () => hand.nowMs() + busyMs };
  const holders = new Set<IdleSession>();
  const ended: IdleSession[] = [];
  const idle = createIdleSessions({
    rule,
    clock,
    sessionLeases: {
      listHolders: () => holders,
      async endLeasesOfSession(session) {
        holders.delete(session as IdleSession);
        ended.push(session as IdleSession);
      },
    },
  });
  const hold = () => {
    const idles: Idle[] = [];
    const session: IdleSession = {
      onLeaseLost() {},
      onLeaseWaiting() {},
      onLeaseAcquired() {},
      onReleaseRequested() {},
      onIdle: (each) => void idles.push(each),
    };
    holders.add(session);
    return { session, idles };
  };
  const pass = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1_000) clock.turn(1_000);
  };
  /** The process does nothing for that time. */
  const stall = (ms: number) => {
    busyMs += ms;
  };
  return { stall, idle, hold, holders, ended, pass };
}

describe('a session in which nobody is active', () => {
  it('the session is warned once, and loses its leases when the whole time is over', () => {
    const { hold, ended, pass, idle } = open();
    const { session, idles } = hold();
    idle.noteActivity(session);
    pass(9_000);
    expect(idles).toEqual([]);
    pass(2_000);
    expect(idles).toEqual([{ endsAt: expect.any(Number) }]);
    pass(3_000);
    expect(ended).toEqual([]);
    pass(3_000);
    expect(ended).toEqual([session]);
    expect(idles).toHaveLength(1);
  });

  it('activity cancels the warning, and the time begins again', () => {
    const { hold, ended, pass, idle } = open();
    const { session, idles } = hold();
    idle.noteActivity(session);
    pass(12_000);
    idle.noteActivity(session);
    expect(idles.at(-1)).toEqual({ endsAt: null });
    pass(9_000);
    expect(ended).toEqual([]);
    expect(idles).toHaveLength(2);
  });

  it('a process that was busy for long warns before it ends anything', () => {
    const { stall, hold, ended, idle, pass } = open();
    const { session, idles } = hold();
    idle.noteActivity(session);
    stall(3_600_000);
    pass(1_000);
    expect(ended).toEqual([]);
    expect(idles).toHaveLength(1);
    pass(5_000);
    expect(ended).toEqual([session]);
  });

  it('a session that comes with an idle time keeps it, and an older moment changes nothing', () => {
    const { hold, idle, pass } = open();
    const { session, idles } = hold();
    idle.noteActivity(session, 8_000);
    idle.noteActivity(session, 9_000);
    pass(3_000);
    expect(idles).toHaveLength(1);
  });

  it('a warned session that releases its leases is no longer warned', () => {
    const { hold, holders, ended, pass, idle } = open();
    const { session, idles } = hold();
    idle.noteActivity(session);
    pass(12_000);
    holders.delete(session);
    pass(10_000);
    expect(idles.at(-1)).toEqual({ endsAt: null });
    expect(ended).toEqual([]);
  });
});

it('a rule needs both times, and the warning comes first', () => {
  expect(readIdleRule({})).toBeUndefined();
  expect(readIdleRule({ idleWarnMs: 1, idleReleaseMs: 2 })).toEqual({ warnMs: 1, releaseMs: 2 });
  for (const wrong of [{ idleWarnMs: 1 }, { idleReleaseMs: 1 }, { idleWarnMs: 2, idleReleaseMs: 2 }]) {
    expect(() => readIdleRule(wrong)).toThrow('belong together');
  }
});
