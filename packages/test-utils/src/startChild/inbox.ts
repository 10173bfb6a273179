/** Messages in the order in which they arrived. Each goes to the first receiver. */
export interface Inbox<Message> extends AsyncIterable<Message> {
  put(message: Message): void;
  /** Accepts no more messages. Those that have arrived can still be received. */
  end(): void;
  /** The next message. Undefined if the inbox has ended, or if `giveUp` is aborted while no message is there. */
  receive(giveUp?: AbortSignal): Promise<Message | undefined>;
}

export function createInbox<Message>(): Inbox<Message> {
  const waiting: Message[] = [];
  const receivers = new Set<(message: Message | undefined) => void>();
  let hasEnded = false;

  const receive = (giveUp?: AbortSignal) =>
    new Promise<Message | undefined>((resolve) => {
      const arrived = waiting.shift();
      if (arrived !== undefined || hasEnded || giveUp?.aborted) return resolve(arrived);
      const finish = (message: Message | undefined) => {
        receivers.delete(finish);
        giveUp?.removeEventListener('abort', abort);
        resolve(message);
      };
      const abort = () => finish(undefined);
      receivers.add(finish);
      giveUp?.addEventListener('abort', abort);
    });

  return {
    receive,
    put(message) {
      const [receiver] = receivers;
      if (receiver) receiver(message);
      else waiting.push(message);
    },
    end() {
      hasEnded = true;
      for (const receiver of receivers) receiver(undefined);
    },
    async *[Symbol.asyncIterator]() {
      for (let next = await receive(); next !== undefined; next = await receive()) yield next;
    },
  };
}
