/**
 * Writes how far a task has come once for all of its badges: as one rule of a style sheet, at most once a second. So 500 rows under one
 * task cost one write, and React renders none of them.
 *
 * The rule is `.rowlock-ring[data-task="<id>"] { --rowlock-fraction: 0.42 }`. In a browser without constructable style sheets the rings
 * show no progress.
 */
import type { TaskView } from '@rowlock/protocol';
import { type ClientClock, systemClock } from '../../core/clock.ts';
import { getFraction } from '../taskFacts.ts';

const EVERY_MS = 1_000;

/** The part of a `CSSStyleSheet` that this uses. */
type Sheet = Pick<CSSStyleSheet, 'insertRule' | 'deleteRule'> & { readonly cssRules: ArrayLike<CSSRule> };

interface Entry {
  badgeCount: number;
  fraction: number;
  written: number | undefined;
  rule: CSSStyleRule;
}

export class TaskFractions {
  readonly #sheet: Sheet;
  readonly #clock: ClientClock;
  readonly #entries = new Map<string, Entry>();
  #cancelTimer: (() => void) | undefined;

  constructor(sheet: Sheet, clock: ClientClock) {
    this.#sheet = sheet;
    this.#clock = clock;
  }

  /** A badge shows the task, until the returned function is called. */
  show(task: TaskView): () => void {
    const entry = this.#entries.get(task.id) ?? this.#add(task.id);
    entry.badgeCount += 1;
    this.note(task);
    return () => {
      entry.badgeCount -= 1;
      if (entry.badgeCount === 0) this.#remove(task.id, entry);
    };
  }

  /** Each badge reports each change, so all but the first are no news. */
  note(task: TaskView): void {
    const entry = this.#entries.get(task.id);
    const fraction = getFraction(task) ?? 0;
    if (!entry || entry.fraction === fraction) return;
    entry.fraction = fraction;
    if (entry.written === undefined) write(entry);
    else this.#cancelTimer ??= this.#clock.after(EVERY_MS, () => this.#writeAll());
  }

  #writeAll(): void {
    this.#cancelTimer = undefined;
    for (const entry of this.#entries.values()) if (entry.written !== entry.fraction) write(entry);
  }

  #add(taskId: string): Entry {
    const index = this.#sheet.cssRules.length;
    this.#sheet.insertRule(`.rowlock-ring[data-task=${JSON.stringify(taskId)}] {}`, index);
    const rule = this.#sheet.cssRules[index] as CSSStyleRule;
    const entry: Entry = { badgeCount: 0, fraction: -1, written: undefined, rule };
    this.#entries.set(taskId, entry);
    return entry;
  }

  #remove(taskId: string, { rule }: Entry): void {
    this.#entries.delete(taskId);
    this.#sheet.deleteRule(Array.from(this.#sheet.cssRules).indexOf(rule));
  }
}

function write(entry: Entry): void {
  entry.written = entry.fraction;
  entry.rule.style.setProperty('--rowlock-fraction', String(Math.round(entry.fraction * 1_000) / 1_000));
}

let ofPage: TaskFractions | undefined;

/** Undefined in server rendering, and in a browser without constructable style sheets. */
export function getTaskFractions(): TaskFractions | undefined {
  if (ofPage || typeof document === 'undefined' || !('adoptedStyleSheets' in document)) return ofPage;
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  ofPage = new TaskFractions(sheet, systemClock);
  return ofPage;
}
