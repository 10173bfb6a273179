import { describe, expect, it } from 'vitest';
import { RowlockError } from '../../errors.ts';
import { chooseTenant, type Tenant } from './channel.ts';

const tenants = ['one', 'two'].map((namespace) => ({ namespace }) as Tenant);
const ann = { id: 'ann', name: 'Ann' };
const accepts = { status: 'fulfilled', value: ann } as const;
const refuses = (reason: unknown) => ({ status: 'rejected', reason }) as const;
const unauthenticated = refuses(new RowlockError('unauthenticated', 'Nobody is signed in.'));

describe('chooseTenant', () => {
  it('chooseTenant chooses the one tenant that accepts, also if another one fails', () => {
    expect(chooseTenant(tenants, [refuses(new Error('database')), accepts])).toEqual({
      tenant: tenants[1],
      actor: ann,
    });
  });

  it('chooseTenant refuses a connection that several tenants accept', () => {
    expect(chooseTenant(tenants, [accepts, accepts])).toMatchObject({ cause: { code: 'forbidden' } });
  });

  it('chooseTenant names an unforeseen failure before a refusal, since the client may try again', () => {
    const failure = new Error('database');
    expect(chooseTenant(tenants, [unauthenticated, refuses(failure)])).toEqual({ cause: failure });
    expect(chooseTenant(tenants, [unauthenticated, unauthenticated])).toMatchObject({
      cause: { code: 'unauthenticated' },
    });
  });

  it('chooseTenant says that the server stops if no tenant is left', () => {
    expect(chooseTenant([], [])).toMatchObject({ cause: { code: 'unavailable' } });
  });
});
