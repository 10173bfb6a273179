/** The test's names for leases and secrets, which it chooses before the registry has made their ids. */
import type { LeaseId, LeaseSecret } from '@rowlock/protocol';

export interface LeaseNames {
  /** The lease `as` was created, with a secret of the same name */
  remember(as: string, id: LeaseId, secret: string): void;
  /** Chooses the secret of this name, for a transfer or a resume. */
  choose(secretName: string): string;
  nameOf(id: LeaseId): string;
  /** A lease that was never created gets an id that no lease has. */
  idOf(name: string): LeaseId;
  secretOf(lease: string, secretName: string): LeaseSecret;
  /** Each lease with all secrets that it may have had. */
  listSecrets(): LeaseSecret[];
}

export function createLeaseNames(): LeaseNames {
  const ids = new Map<string, LeaseId>();
  const names = new Map<LeaseId, string>();
  const secrets = new Map<string, string>();
  const idOf = (name: string) => ids.get(name) ?? '1';

  return {
    remember(as, id, secret) {
      ids.set(as, id);
      names.set(id, as);
      secrets.set(as, secret);
    },
    choose(secretName) {
      const secret = `secret-${secretName}`;
      secrets.set(secretName, secret);
      return secret;
    },
    nameOf: (id) => names.get(id) ?? `lease ${id}, unknown to the test`,
    idOf,
    secretOf: (lease, secretName) => ({
      leaseId: idOf(lease),
      secret: secrets.get(secretName) ?? `no-secret-${secretName}`,
    }),
    listSecrets: () =>
      [...ids].flatMap(([name, leaseId]) =>
        [...secrets]
          .filter(([of]) => of === name || of.startsWith(`${name}-`))
          .map(([, secret]) => ({ leaseId, secret })),
      ),
  };
}
