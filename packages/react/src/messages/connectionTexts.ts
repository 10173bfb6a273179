/** The texts of `<ConnectionStatus>`. */
export interface ConnectionTexts {
  live(): string;
  connecting(): string;
  reconnecting(): string;
  uncertain(): string;
  offline(): string;
  unreachable(): string;
  refused(): string;
  signedOut(): string;
  noAccess(): string;
  outdated(): string;
  aboutLive(): string;
  aboutReconnecting(): string;
  aboutOffline(): string;
  aboutUncertain(): string;
}

export const connectionTexts = (): ConnectionTexts => ({
  live: () => 'Live',
  connecting: () => 'Connecting…',
  reconnecting: () => 'Reconnecting…',
  uncertain: () => 'Not certain',
  offline: () => 'You are offline',
  unreachable: () => 'Cannot connect',
  refused: () => 'Not connected',
  signedOut: () => 'Signed out',
  noAccess: () => 'No access',
  outdated: () => 'Reload this page',
  aboutLive: () => 'Changes appear at once.',
  aboutReconnecting: () => 'The connection is lost. The page may be out of date until it is back.',
  aboutOffline: () => 'This computer has no network. The page may be out of date until it is back.',
  aboutUncertain: () =>
    'The server cannot check locks right now. The page may be out of date, and you cannot save.',
});
