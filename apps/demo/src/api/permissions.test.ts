import { describe, expect, it } from 'vitest';
import { userById } from '../gazetteer/users.ts';
import { isAllowed } from './permissions.ts';

const taskOf = (id: string) => ({ name: 'normalise-names', actor: { id } });

describe('what users may do', () => {
  it('admins do everything', () => {
    expect(isAllowed(userById('ann'), 'write')).toBe(true);
    expect(isAllowed(userById('ann'), 'cancel', taskOf('bo'))).toBe(true);
    expect(isAllowed(userById('ann'), 'manageQueues')).toBe(true);
  });

  it('editors change rows, and cancel their own tasks', () => {
    expect(isAllowed(userById('bo'), 'launch')).toBe(true);
    expect(isAllowed(userById('bo'), 'cancel', taskOf('bo'))).toBe(true);
    expect(isAllowed(userById('bo'), 'cancel', taskOf('chen'))).toBe(false);
    expect(isAllowed(userById('bo'), 'manageQueues')).toBe(false);
  });

  it('viewers watch', () => {
    expect(isAllowed(userById('dana'), 'watch')).toBe(true);
    for (const action of ['acquire', 'write', 'launch', 'cancel', 'manageQueues'] as const) {
      expect(isAllowed(userById('dana'), action, taskOf('dana'))).toBe(false);
    }
  });

  it('nobody does nothing', () => expect(isAllowed(userById('mallory'), 'watch')).toBe(false));
});
