/** `@rowlock/react/testing`: a server in memory, for stories and for an application's own tests. */
export type { ChangeAuthor } from './memoryChanges.ts';
export type { MemoryAuthorize, MemoryQuestion } from './memoryPermissions.ts';
export { MemoryServer } from './memoryServer.ts';
export type { MemoryServerOptions } from './memoryServerOptions.ts';
export type { MemoryTask } from './memoryTaskDefinitions.ts';
export type { NewTask } from './memoryTasks.ts';
export {
  createMemoryTransport,
  type MemoryTransport,
  type MemoryTransportOptions,
} from './memoryTransport.ts';
export type { MemoryUserSessions } from './memoryUserSessions.ts';
export { createTurnableClock, type TurnableClock } from './turnableClock.ts';
