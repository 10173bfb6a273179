import { describe, expect, it } from 'vitest';
import { DueUsers } from './dueUsers.ts';

const all = () => true;
const ids = (taken: { actorId: string }[]) => taken.map(({ actorId }) => actorId);

describe('the users who are asked about again', () => {
  it('P15: a user is due before their last answer is as old as the interval, and again after each round', () => {
    const users = new DueUsers({ recheckMs: 10_000, mostAtOnce: 50 });
    users.add('ann', 0, 1);
    expect(users.take(6_999, all)).toEqual([]);
    expect(users.take(7_000, all)).toEqual([{ actorId: 'ann', deadlineMs: 10_000 }]);
    expect(users.take(7_500, all)).toEqual([]);
    expect(users.finish('ann', 7_600)).toEqual({ isWantedAgain: false, next: [] });
    expect(users.take(13_999, all)).toEqual([]);
    expect(users.take(14_000, all)).toEqual([{ actorId: 'ann', deadlineMs: 17_000 }]);
  });

  it('users who connect together are asked about apart', () => {
    const users = new DueUsers({ recheckMs: 10_000, mostAtOnce: 50 });
    users.add('ann', 0, 0);
    users.add('bo', 0, 0.5);
    expect(ids(users.take(3_500, all))).toEqual(['ann']);
    expect(ids(users.take(5_250, all))).toEqual(['bo']);
  });

  it('users wait for each other until they are overdue', () => {
    const users = new DueUsers({ recheckMs: 10_000, mostAtOnce: 1 });
    users.add('ann', 0, 1);
    users.add('bo', 0, 1);
    expect(ids(users.take(7_000, all))).toEqual(['ann']);
    expect(ids(users.take(7_999, all))).toEqual([]);
    expect(ids(users.take(8_000, all))).toEqual(['bo']);
  });

  it('a user who waits begins when another has finished, in the order in which they were due', () => {
    const users = new DueUsers({ recheckMs: 10_000, mostAtOnce: 1 });
    for (const [i, actorId] of ['ann', 'bo', 'chen'].entries()) users.add(actorId, i, 1);
    expect(ids(users.take(7_002, all))).toEqual(['ann']);
    users.hasten('ann', 7_003);
    expect(ids(users.finish('ann', 7_004).next)).toEqual(['bo']);
    expect(ids(users.finish('bo', 7_005).next)).toEqual(['chen']);
    expect(ids(users.finish('chen', 7_006).next)).toEqual(['ann']);
    expect(users.finish('ann', 7_007).next).toEqual([]);
  });

  it('a user whose permissions have changed begins at once if there is room, without a look at all users', () => {
    const users = new DueUsers({ recheckMs: 10_000, mostAtOnce: 1 });
    users.add('ann', 0, 1);
    users.add('bo', 0, 1);
    users.hasten('bo', 100);
    expect(ids(users.next(100))).toEqual(['bo']);
    users.hasten('ann', 101);
    expect(users.next(101)).toEqual([]);
    expect(ids(users.finish('bo', 102).next)).toEqual(['ann']);
  });

  it('P15: a user whose permissions have changed is due at once, and once more if a round runs', () => {
    const users = new DueUsers({ recheckMs: 10_000, mostAtOnce: 50 });
    users.add('ann', 0, 1);
    users.hasten('ann', 1_000);
    expect(users.take(1_000, all)).toEqual([{ actorId: 'ann', deadlineMs: 11_000 }]);
    users.hasten('ann', 1_001);
    expect(users.take(1_001, all)).toEqual([]);
    expect(users.finish('ann', 1_002)).toEqual({
      isWantedAgain: true,
      next: [{ actorId: 'ann', deadlineMs: 11_001 }],
    });
    expect(users.finish('ann', 1_003)).toEqual({ isWantedAgain: false, next: [] });
  });

  it('a user without a connection is forgotten', () => {
    const users = new DueUsers({ recheckMs: 10_000, mostAtOnce: 50 });
    users.add('ann', 0, 1);
    expect(users.take(20_000, () => false)).toEqual([]);
    expect(users.size).toBe(0);
    users.hasten('ann', 20_000);
    expect(users.size).toBe(0);
  });
});
