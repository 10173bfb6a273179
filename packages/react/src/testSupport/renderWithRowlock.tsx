import type { Actor } from '@rowlock/protocol';
import { type ReactNode, StrictMode } from 'react';
import { render } from 'vitest-browser-react';
import { createRowlockClient } from '../core/client.ts';
import { RowlockProvider } from '../hooks/RowlockProvider.tsx';
import type { Messages } from '../messages/messages.ts';
import { MemoryServer } from '../testing/memoryServer.ts';
import { createMemoryTransport } from '../testing/memoryTransport.ts';

/** Renders under StrictMode with a client of its own to a server in memory. */
export async function renderWithRowlock(
  ui: ReactNode,
  { server = new MemoryServer(), actor, announce, messages }: Setup = {},
) {
  const transport = createMemoryTransport({ server, ...(actor && { actor }) });
  const client = createRowlockClient({ transport, storage: null });
  const wrap = (children: ReactNode) => (
    <StrictMode>
      <RowlockProvider client={client} {...(announce && { announce })} {...(messages && { messages })}>
        {children}
      </RowlockProvider>
    </StrictMode>
  );
  const screen = await render(wrap(ui));
  return { screen, server, transport, client, rerender: (next: ReactNode) => screen.rerender(wrap(next)) };
}

interface Setup {
  server?: MemoryServer;
  actor?: Actor;
  /** Replaces the announcer of the page */
  announce?: (text: string) => void;
  messages?: Messages;
}
