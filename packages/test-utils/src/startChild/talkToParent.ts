import { createInbox } from './inbox.ts';

export interface Parent<Told, Said> {
  /** Sends a message to the parent that started this process. Does nothing if the parent is gone. */
  send(message: Said): void;
  /** The messages of the parent, each once, until the parent is gone. While they are read, the process stays alive. */
  readonly messages: AsyncIterable<Told>;
}

/** The end of a process that was started by `startChild`, with the same two types. To be called once. */
export function talkToParent<Told, Said>(): Parent<Told, Said> {
  if (process.send === undefined) {
    throw new Error(
      'Nobody is there to talk to: this process was not started by startChild. Start it that way, or run another module by hand.',
    );
  }
  const inbox = createInbox<Told>();
  process.on('message', (message) => inbox.put(message as Told));
  process.once('disconnect', () => inbox.end());
  return {
    send(message) {
      if (process.connected) process.send?.(message, undefined, undefined, () => {});
    },
    messages: inbox,
  };
}
