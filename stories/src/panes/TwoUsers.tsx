import './panes.css';
import type { Actor } from '@rowlock/protocol';
import { RowlockProvider } from '@rowlock/react';
import { createRowlockClient } from '@rowlock/react/core';
import { createMemoryTransport, MemoryServer } from '@rowlock/react/testing';
import { type ComponentType, useEffect, useState } from 'react';
import { ann, bo } from '../stage.tsx';
import { Pane } from './Pane.tsx';

export interface TwoUsersProps {
  /** The page that both users have open */
  page: ComponentType<{ user: Actor }>;
  /** Sets the state at the start */
  set?: (server: MemoryServer) => void;
  /** Changes the state during the story. Returns a function that stops the changes */
  move?: (server: MemoryServer) => (() => void) | undefined;
}

/** The same page for two users side by side, on one server: what one of them does, the other sees. */
export function TwoUsers({ page: Page, set, move }: TwoUsersProps) {
  const [{ server, users }] = useState(() => {
    const opened = new MemoryServer();
    set?.(opened);
    return { server: opened, users: [ann, bo].map((actor) => ({ actor, client: connect(opened, actor) })) };
  });
  useEffect(() => move?.(server), [move, server]);
  return (
    <div className="story-panes">
      {users.map(({ actor, client }) => (
        <Pane key={actor.id} title={`${actor.name}’s window`}>
          <RowlockProvider client={client}>
            <main className="story-page">
              <Page user={actor} />
            </main>
          </RowlockProvider>
        </Pane>
      ))}
    </div>
  );
}

const connect = (server: MemoryServer, actor: Actor) =>
  createRowlockClient({ transport: createMemoryTransport({ server, actor }), storage: null });
