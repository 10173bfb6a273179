/**
 * Decides which page owns a name. A reload finds its own sessionStorage. Browsers also copy it to a duplicated tab, and to a
 * tab opened by `window.open`. All of them read the same name there, and only one page at a time owns it.
 */
import type { ClientClock } from './clock.ts';
import { randomToken } from './randomToken.ts';

export interface PageOwnership {
  /** Owns a name that no other page knows yet. Returns a function that gives it up. */
  begin(name: string): () => void;
  /** Owns a name if no other page does. Returns a function that gives it up. */
  tryOwn(name: string): Promise<(() => void) | undefined>;
}

export type TabLocks = Pick<LockManager, 'request'>;
export type Channel = Pick<BroadcastChannel, 'postMessage' | 'close' | 'onmessage'>;

/** An owner answers within this time, unless its page is stopped. Its leases end then, so another page may resume them. */
const ANSWER_WITHIN_MS = 300;

/** By the browser's own locks, which end with their page. Only pages with HTTPS have them. */
export function lockOwnership(locks: TabLocks): PageOwnership {
  const tryOwn: PageOwnership['tryOwn'] = (name) =>
    new Promise((resolve) => {
      locks
        .request(name, { ifAvailable: true }, (lock) => {
          if (!lock) return resolve(undefined);
          return new Promise<void>((giveUp) => resolve(giveUp));
        })
        // Opaque origins have no locks, and no other page shares their storage.
        .catch(() => resolve(() => {}));
    });
  return {
    tryOwn,
    begin(name) {
      const owned = tryOwn(name);
      return () => void owned.then((giveUp) => giveUp?.());
    },
  };
}

/** By asking the other pages of this origin. Of two that ask at the same time, the one with the lower token owns the name. */
export function channelOwnership(open: (name: string) => Channel, clock: ClientClock): PageOwnership {
  return {
    begin(name) {
      const channel = open(name);
      channel.onmessage = ({ data }) => {
        if (isQuestion(data)) channel.postMessage({ isOwned: true });
      };
      return () => channel.close();
    },
    tryOwn: (name) =>
      new Promise((resolve) => {
        const channel = open(name);
        const token = randomToken();
        let isOwner = false;
        const cancelTimer = clock.after(ANSWER_WITHIN_MS, () => {
          isOwner = true;
          resolve(() => channel.close());
        });
        const yieldName = () => {
          cancelTimer();
          channel.close();
          resolve(undefined);
        };
        channel.onmessage = ({ data }) => {
          if (isQuestion(data) && (isOwner || token < data.asks)) channel.postMessage({ isOwned: true });
          else if (!isOwner) yieldName();
        };
        channel.postMessage({ asks: token });
      }),
  };
}

/** Without any way to find out, every page owns every name. */
export const noOwnership: PageOwnership = {
  begin: () => () => {},
  tryOwn: async () => () => {},
};

const isQuestion = (data: unknown): data is { asks: string } =>
  typeof (data as { asks?: unknown } | null)?.asks === 'string';
