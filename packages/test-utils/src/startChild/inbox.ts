/** Messages in the order of their arrival. Each goes to the first reader. */
export interface Inbox<Message> extends AsyncIterable<Message> {
  put(message: Message): void;
  /** No more will come. Messages that have arrived can still be read. */
  end(): void;
  /** The next message; undefined if it has ended. `giveUp` ends the waiting, and takes no message. */
  take(giveUp?: AbortSignal): Promise<Message | undefined>;
}

export function createInbox<Message>(): Inbox<Message> {
  const waiting: Message[] = [];
  const takers = new Set<(message: Message | undefined) => void>();
  let hasEnded = false;

  const take = (giveUp?: AbortSignal) =>
    new Promise<Message | undefined>((resolve) => {
      const there = waiting.shift();
      if (there !== undefined || hasEnded || giveUp?.aborted) return resolve(there);
      const finish = (message: Message | undefined) => {
        takers.delete(finish);
        giveUp?.removeEventListener('abort', leave);
        resolve(message);
      };
      const leave = () => finish(undefined);
      takers.add(finish);
      giveUp?.addEventListener('abort', leave);
    });

  return {
    take,
    put(message) {
      const [taker] = takers;
      if (taker) taker(message);
      else waiting.push(message);
    },
    end() {
      hasEnded = true;
      for (const taker of takers) taker(undefined);
    },
    async *[Symbol.asyncIterator]() {
      for (let next = await take(); next !== undefined; next = await take()) yield next;
    },
  };
}
