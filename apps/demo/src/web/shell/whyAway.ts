import type { ShownConnection } from '@rowlock/react';

/** Why the live channel has no news for now. Undefined while it is live, or has only just begun. */
export function whyAway(status: ShownConnection['status']): string | undefined {
  switch (status) {
    case 'uncertain':
      return 'Redis is away, and the server keeps trying to reach it.';
    case 'reconnecting':
      return 'The connection to the server is lost. Reconnecting.';
    case 'pending':
    case 'connecting':
    case 'live':
    case 'refused':
      return undefined;
    default: {
      const impossible: never = status;
      throw new TypeError(`unknown connection: ${impossible}`);
    }
  }
}
