/** A second user on the same server in memory, for stories about two people. */
import type { Actor } from '@rowlock/protocol';
import { createRowlockClient, type RowlockClient } from '@rowlock/react/core';
import { createMemoryTransport, type MemoryServer } from '@rowlock/react/testing';

/** Opens a tab of that user, until the returned client is stopped. */
export function openTabOf(actor: Actor, server: MemoryServer): { client: RowlockClient; close: () => void } {
  const client = createRowlockClient({
    transport: createMemoryTransport({ server, actor }),
    storage: null,
  });
  return { client, close: client.start() };
}
