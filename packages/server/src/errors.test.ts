import { describe, expect, it } from 'vitest';
import { UnavailableError } from './errors.ts';

describe('an UnavailableError', () => {
  it('an UnavailableError promises that nothing was changed if Redis was not reached', () => {
    expect(new UnavailableError(new Error('connect ECONNREFUSED')).message).toContain('Nothing was changed');
    expect(new UnavailableError().message).toContain('Nothing was changed');
  });
  it('an UnavailableError promises nothing if a command was sent and not answered in time', () => {
    const { message } = new UnavailableError(new Error('Command timed out'));
    expect(message).not.toContain('Nothing was changed');
    expect(message).toContain('Check the state before you try again');
  });
});
