/** The things that the tray remembers over a reload: the tasks that it has shown, and whether it is open. */
import type { RecordKey } from '@rowlock/protocol';
import type { StorageArea } from '../../core/leaseStorage.ts';
import { getLeftOut } from '../../core/leftOut.ts';

/** A task of the user that the tray has seen open, newest first. */
export interface SeenTask {
  id: string;
  /** The first rows that the launch left out */
  leftOut: readonly RecordKey[];
  leftOutCount: number;
}

export interface TrayContent {
  seen: readonly SeenTask[];
  /** Undefined until the user has opened or closed it */
  isOpen?: boolean;
}

export const NO_CONTENT: TrayContent = Object.freeze({ seen: [] });

const NAME = 'rowlock.tray';
const MOST_SEEN = 50;
const MOST_NAMES = 20;

export class TrayMemory {
  readonly #area: StorageArea | null;
  readonly #listeners = new Set<() => void>();
  #content: TrayContent | undefined;

  /** Without an area, nothing survives a reload. */
  constructor(area: StorageArea | null) {
    this.#area = area;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly get = (): TrayContent => {
    this.#content ??= read(this.#area);
    return this.#content;
  };

  /** Remembers these open tasks. */
  note(ids: readonly string[]): void {
    const { seen } = this.get();
    const known = new Set(seen.map(({ id }) => id));
    const added = ids.filter((id) => !known.has(id)).map(toSeen);
    if (added.length > 0) this.#set({ seen: [...added, ...seen].slice(0, MOST_SEEN) });
  }

  dismiss(ids: readonly string[]): void {
    const { seen } = this.get();
    const left = seen.filter(({ id }) => !ids.includes(id));
    if (left.length < seen.length) this.#set({ seen: left });
  }

  setOpen(isOpen: boolean): void {
    this.#set({ isOpen });
  }

  #set(change: Partial<TrayContent>): void {
    const content = { ...this.get(), ...change };
    this.#content = content;
    try {
      this.#area?.setItem(NAME, JSON.stringify(content));
    } catch {
      // The storage is full: the tray forgets with the next reload.
    }
    for (const listener of [...this.#listeners]) listener();
  }
}

function toSeen(id: string): SeenTask {
  const leftOut = getLeftOut(id);
  return { id, leftOut: leftOut.slice(0, MOST_NAMES), leftOutCount: leftOut.length };
}

function read(area: StorageArea | null): TrayContent {
  try {
    const content = JSON.parse(area?.getItem(NAME) ?? 'null') as unknown;
    return isContent(content) ? content : NO_CONTENT;
  } catch {
    return NO_CONTENT;
  }
}

const isContent = (value: unknown): value is TrayContent =>
  typeof value === 'object' &&
  value !== null &&
  'seen' in value &&
  Array.isArray(value.seen) &&
  value.seen.every(({ id, leftOut }: Partial<SeenTask>) => typeof id === 'string' && Array.isArray(leftOut));
