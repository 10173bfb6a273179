import { ConnectionStatus } from '@rowlock/react';

/** How far what is on the page can be trusted. */
export const ConnectionState = () => (
  <div className="connection" data-testid="connection">
    <ConnectionStatus />
  </div>
);
