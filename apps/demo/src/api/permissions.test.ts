import { describe, expect, it } from 'vitest';
import { userById } from '../gazetteer/users.ts';
import { isAllowed } from './permissions.ts';

const createTask = (id: string) => ({ name: 'normalise-names', actor: { id } });

describe('permissions', () => {
  it('admins may do everything', () => {
    expect(isAllowed(userById('ann'), 'write')).toBe(true);
    expect(isAllowed(userById('ann'), 'cancel', createTask('bo'))).toBe(true);
    expect(isAllowed(userById('ann'), 'manageQueues')).toBe(true);
  });

  it('editors may change rows and cancel their own tasks', () => {
    expect(isAllowed(userById('bo'), 'launch')).toBe(true);
    expect(isAllowed(userById('bo'), 'cancel', createTask('bo'))).toBe(true);
    expect(isAllowed(userById('bo'), 'cancel', createTask('chen'))).toBe(false);
    expect(isAllowed(userById('bo'), 'manageQueues')).toBe(false);
  });

  it('viewers may only watch', () => {
    expect(isAllowed(userById('dana'), 'watch')).toBe(true);
    for (const action of ['acquire', 'write', 'launch', 'cancel', 'manageQueues'] as const) {
      expect(isAllowed(userById('dana'), action, createTask('dana'))).toBe(false);
    }
  });

  it('an unknown user may do nothing', () => expect(isAllowed(userById('mallory'), 'watch')).toBe(false));
});
