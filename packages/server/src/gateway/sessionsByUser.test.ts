import { describe, expect, it } from 'vitest';
import { SessionsByUser } from './sessionsByUser.ts';

const session = (id: string) => ({ actor: { id, name: id } });

describe('the sessions of users', () => {
  it('a session is found by its user until it is removed', () => {
    const sessions = new SessionsByUser();
    const [first, second, other] = [session('ann'), session('ann'), session('bo')];
    for (const each of [first, second, other]) sessions.add(each);
    expect([sessions.of('ann'), sessions.of('bo'), sessions.of('chen')]).toEqual([
      [first, second],
      [other],
      [],
    ]);
    sessions.remove(first);
    sessions.remove(other);
    expect([sessions.all(), sessions.of('ann'), sessions.of('bo'), sessions.size]).toEqual([
      [second],
      [second],
      [],
      1,
    ]);
  });

  it('a list that was read stays as it was', () => {
    const sessions = new SessionsByUser();
    const first = session('ann');
    sessions.add(first);
    const before = sessions.of('ann');
    sessions.add(session('ann'));
    sessions.remove(first);
    expect(before).toEqual([first]);
  });
});
