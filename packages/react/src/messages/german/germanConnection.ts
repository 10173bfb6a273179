import type { ConnectionTexts } from '../connectionTexts.ts';

export const germanConnection = (): ConnectionTexts => ({
  live: () => 'Live',
  connecting: () => 'Verbindet…',
  reconnecting: () => 'Verbindet neu…',
  uncertain: () => 'Nicht sicher',
  offline: () => 'Sie sind offline',
  unreachable: () => 'Keine Verbindung möglich',
  refused: () => 'Nicht verbunden',
  signedOut: () => 'Abgemeldet',
  noAccess: () => 'Kein Zugriff',
  outdated: () => 'Seite neu laden',
  aboutLive: () => 'Änderungen erscheinen sofort.',
  aboutReconnecting: () =>
    'Die Verbindung ist unterbrochen. Die Seite kann veraltet sein, bis sie zurück ist.',
  aboutOffline: () => 'Dieser Computer hat kein Netz. Die Seite kann veraltet sein, bis es zurück ist.',
  aboutUncertain: () =>
    'Der Server kann Sperren gerade nicht prüfen. Die Seite kann veraltet sein, und Sie können nicht speichern.',
});
