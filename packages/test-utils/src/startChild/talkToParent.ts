import { createInbox } from './inbox.ts';

export interface Parent<ToChild, FromChild> {
  /** Sends a message to the process that started this one. Does nothing if that process is gone. */
  send(message: FromChild): void;
  /** The messages of the parent until it is gone. Each is delivered once. Reading them keeps this process alive. */
  readonly messages: AsyncIterable<ToChild>;
}

/** Connects a process to the parent that called `startChild` with the same two types. Call it once. */
export function talkToParent<ToChild, FromChild>(): Parent<ToChild, FromChild> {
  if (process.send === undefined) {
    throw new Error(
      'This process has no parent to talk to, because it was not started by startChild. Start it with startChild.',
    );
  }
  const inbox = createInbox<ToChild>();
  process.on('message', (message) => inbox.put(message as ToChild));
  process.once('disconnect', () => inbox.end());
  return {
    send(message) {
      if (process.connected) process.send?.(message, undefined, undefined, () => {});
    },
    messages: inbox,
  };
}
