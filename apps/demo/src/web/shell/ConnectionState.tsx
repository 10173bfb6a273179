import { ConnectionStatus } from '@rowlock/react';

/** Shows whether the page is up to date. */
export const ConnectionState = () => (
  <div className="connection" data-testid="connection">
    <ConnectionStatus />
  </div>
);
