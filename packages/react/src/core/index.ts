/** `@rowlock/react/core`: the client without React. */

export type { AcquireResult, Claim, ClaimOptions, ClaimState } from './claim.ts';
export { createRowlockClient, RowlockClient } from './client.ts';
export type { RowlockClientOptions } from './clientOptions.ts';
export { type Clock, systemClock } from './clock.ts';
export type { Connection, ConnectionStatus } from './connection.ts';
export type { StorageArea } from './leaseStorage.ts';
export {
  LockObserver,
  type LockObserverOptions,
  type LockSnapshot,
  type LockStatus,
} from './lockObserver.ts';
export { isBlocked, type RecordLock } from './recordLock.ts';
export { type AuthSource, createSocketTransport, type SocketTransportOptions } from './socketTransport.ts';
export type { TaskList, TaskSnapshot } from './taskSnapshot.ts';
export type { Transport, TransportEvent } from './transport.ts';
