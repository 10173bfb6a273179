import type { Actor, TaskView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { handClock } from '../test/fixtures/handClock.ts';
import { createWatchPermissions } from './watchPermissions.ts';

const ann: Actor = { id: 'ann', name: 'Ann' };
const bo: Actor = { id: 'bo', name: 'Bo' };
const task = (id: string) => ({ id, version: 1 }) as TaskView;

/** An application whose answers a test gives by hand, in the order of the questions. */
function askedPermissions() {
  const clock = handClock();
  const asked: { who: string; about: string; grant(granted: boolean): void; fail(): void }[] = [];
  const permissions = createWatchPermissions(
    ({ actor, task: { id } }) =>
      new Promise((resolve, reject) => {
        asked.push({
          who: actor.id,
          about: id,
          grant: resolve,
          fail: () => reject(new Error('Out of order')),
        });
      }),
    { clock, keptMs: 10_000 },
  );
  return { clock, asked, permissions };
}

describe('permission to watch a task', () => {
  it('permission to watch is asked once for an actor and a task, even for simultaneous questions', async () => {
    const { asked, permissions } = askedPermissions();
    const answers = Array.from({ length: 100 }, () => permissions.mayWatch(ann, task('a')));
    asked[0]!.grant(true);
    expect(new Set(await Promise.all(answers))).toEqual(new Set([true]));
    expect(permissions.mayWatch(ann, task('a'))).toBe(true);
    expect(asked).toHaveLength(1);
  });

  it('permission to watch is asked separately for each actor and task, and a refusal is cached too', async () => {
    const { asked, permissions } = askedPermissions();
    const answers = [
      permissions.mayWatch(ann, task('a')),
      permissions.mayWatch(bo, task('a')),
      permissions.mayWatch(ann, task('b')),
    ];
    expect(asked.map(({ who, about }) => `${who} ${about}`)).toEqual(['ann a', 'bo a', 'ann b']);
    asked[0]!.grant(true);
    asked[1]!.grant(false);
    asked[2]!.grant(false);
    expect(await Promise.all(answers)).toEqual([true, false, false]);
    expect(permissions.mayWatch(bo, task('a'))).toBe(false);
    expect(asked).toHaveLength(3);
  });

  it('P15: permission to watch is asked again 10 s after the question, however late the answer was', async () => {
    const { clock, asked, permissions } = askedPermissions();
    const first = permissions.mayWatch(ann, task('a'));
    clock.turn(9_000);
    asked[0]!.grant(true);
    await first;
    clock.turn(999);
    expect(permissions.mayWatch(ann, task('a'))).toBe(true);
    clock.turn(1);
    const again = permissions.mayWatch(ann, task('a'));
    asked[1]!.grant(false);
    expect(await again).toBe(false);
  });

  it('P15: permission to watch is asked again at once after a change, only for that actor', async () => {
    const { asked, permissions } = askedPermissions();
    const answers = [permissions.mayWatch(ann, task('a')), permissions.mayWatch(bo, task('a'))];
    for (const question of asked) question.grant(true);
    await Promise.all(answers);
    permissions.forget('ann');
    expect(permissions.mayWatch(bo, task('a'))).toBe(true);
    const again = permissions.mayWatch(ann, task('a'));
    asked[2]!.grant(false);
    expect(await again).toBe(false);
    permissions.forget();
    void permissions.mayWatch(bo, task('a'));
    expect(asked).toHaveLength(4);
  });

  it('P15: permission that is asked before a change and answered after it is asked again for all waiters', async () => {
    const { asked, permissions } = askedPermissions();
    const waiting = [permissions.mayWatch(ann, task('a')), permissions.mayWatch(ann, task('a'))];
    permissions.forget('ann');
    asked[0]!.grant(true);
    await Promise.resolve();
    while (asked.length < 2) await Promise.resolve();
    asked[1]!.grant(false);
    expect(await Promise.all(waiting)).toEqual([false, false]);
    expect(asked).toHaveLength(2);
  });

  it('permission to watch is not cached if the application threw or did not answer, and is asked again', async () => {
    const { clock, asked, permissions } = askedPermissions();
    const thrown = permissions.mayWatch(ann, task('a'));
    asked[0]!.fail();
    await expect(thrown).rejects.toThrow('Out of order');
    const silent = permissions.mayWatch(ann, task('a'));
    const refused = expect(silent).rejects.toThrow('has not answered within 10000 ms');
    clock.turn(10_000);
    await refused;
    const answered = permissions.mayWatch(ann, task('a'));
    asked[2]!.grant(true);
    expect(await answered).toBe(true);
  });

  it('permission to watch is cached for the newest 10,000 questions', async () => {
    const { asked, permissions } = askedPermissions();
    const answers = Array.from({ length: 10_001 }, (_, i) => permissions.mayWatch(ann, task(`${i}`)));
    for (const question of asked) question.grant(true);
    await Promise.all(answers);
    expect(permissions.mayWatch(ann, task('10000'))).toBe(true);
    expect(permissions.mayWatch(ann, task('1'))).toBe(true);
    expect(permissions.mayWatch(ann, task('0'))).toBeInstanceOf(Promise);
  });
});
