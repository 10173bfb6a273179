import type { Actor, Conflict } from '@rowlock/protocol';
import { expect, it } from 'vitest';
import { ann, bo, paris } from '../testSupport/clientFixture.ts';
import { judgeRefusal, type Reacquire } from './reacquire.ts';
import { RowlockClientError } from './rowlockClientError.ts';

const conflictWith = (actor: Actor): Conflict => ({
  lease: {
    id: '9',
    holder: { type: 'person', id: `tab-of-${actor.id}`, label: 'Edit Paris', actor },
    mode: 'exclusive',
    since: 0,
    recordCount: 1,
  },
  recordCount: 1,
  records: [paris],
  ...(actor === ann && { isSameUser: true }),
});
const blockedBy = (...actors: Actor[]) =>
  new RowlockClientError({
    code: 'conflict',
    message: 'Paris is locked.',
    conflicts: actors.map(conflictWith),
  });

const judge = (error: RowlockClientError, policy: Reacquire, isPaused = false) =>
  judgeRefusal({ error, policy, isPaused });

it('A request that met a fault of the server is sent again later, whatever the policy', () => {
  const error = new RowlockClientError({ code: 'internal', message: 'A fault.' });
  expect(judge(error, 'never')).toBe('later');
});

it('A request that is not allowed is never sent again', () => {
  const error = new RowlockClientError({ code: 'forbidden', message: 'Not allowed.' });
  expect(judge(error, 'when-free')).toBe('never');
});

it.for<[Reacquire, ReturnType<typeof judge>, ReturnType<typeof judge>]>([
  ['never', 'never', 'never'],
  ['own', 'when-free', 'never'],
  ['when-free', 'when-free', 'when-free'],
])(
  'The policy %s sends a request again %s after a conflict with an own tab, and %s after another conflict',
  ([policy, afterOwn, afterOther]) => {
    expect(judge(blockedBy(ann), policy)).toBe(afterOwn);
    expect(judge(blockedBy(bo), policy)).toBe(afterOther);
    expect(judge(blockedBy(ann, bo), policy)).toBe(afterOther);
  },
);

it('A pause stops the wait for others, but not for an own tab', () => {
  expect(judge(blockedBy(bo), 'when-free', true)).toBe('never');
  expect(judge(blockedBy(ann), 'when-free', true)).toBe('when-free');
});
