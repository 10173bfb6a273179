/**
 * Makes the fields inside of an element read only, whatever library has made them. Their text stays selectable, focusable and readable
 * by screen readers, unlike in a disabled or inert form.
 *
 * Text fields get `readonly`. Everything else (select, checkbox, slider, button, editor) gets `aria-disabled`, and the events that would
 * change it are stopped before they reach it.
 */
import { ALWAYS_USABLE } from './dataAttributes.ts';

const TEXT_FIELDS =
  'textarea, input:not([type=checkbox], [type=radio], [type=range], [type=color], [type=file], [type=button], [type=submit], [type=reset], [type=image], [type=hidden])';
const OTHER_FIELDS =
  'select, button, input:is([type=checkbox], [type=radio], [type=range], [type=color], [type=file], [type=button], [type=submit], [type=reset], [type=image]), [contenteditable], [role=combobox], [role=checkbox], [role=switch], [role=slider], [role=textbox]';
const FIELDS = `${TEXT_FIELDS}, ${OTHER_FIELDS}`;

/** Change a field by the keyboard, a pointer, or by pasting and dropping. */
const STOPPED = [
  'beforeinput',
  'click',
  'mousedown',
  'pointerdown',
  'keydown',
  'paste',
  'cut',
  'drop',
] as const;

/** Keys that move the focus or the caret, select, or leave. */
const HARMLESS_KEYS = new Set(['Tab', 'Escape', 'Home', 'End', 'PageUp', 'PageDown', 'Shift']);

/** Until the returned function is called. */
export function makeReadOnly(root: HTMLElement): () => void {
  const undo = new Map<Element, () => void>();
  const mark = () => {
    for (const [element, restore] of undo) {
      if (root.contains(element)) continue;
      undo.delete(element);
      restore();
    }
    for (const element of root.querySelectorAll(FIELDS)) {
      if (!undo.has(element) && !isUsable(element)) undo.set(element, markField(element));
    }
  };
  mark();
  const observer = new MutationObserver(mark);
  observer.observe(root, { childList: true, subtree: true });
  const listening = new AbortController();
  for (const name of STOPPED) {
    root.addEventListener(name, stopChange, { capture: true, signal: listening.signal });
  }
  return () => {
    observer.disconnect();
    listening.abort();
    for (const restore of undo.values()) restore();
  };
}

function markField(element: Element): () => void {
  if (element.matches(TEXT_FIELDS)) {
    const field = element as HTMLInputElement | HTMLTextAreaElement;
    const before = field.readOnly;
    field.readOnly = true;
    return () => {
      field.readOnly = before;
    };
  }
  const before = element.getAttribute('aria-disabled');
  element.setAttribute('aria-disabled', 'true');
  return () => {
    if (before === null) element.removeAttribute('aria-disabled');
    else element.setAttribute('aria-disabled', before);
  };
}

function stopChange(event: Event): void {
  const target = event.target instanceof Element ? event.target : undefined;
  const field = target?.closest(FIELDS) ?? target?.closest('label')?.control;
  if (!field || isUsable(field) || !isChange(event, field)) return;
  event.preventDefault();
  event.stopPropagation();
}

/** Whether the event would change the field. A click into a text field, a selection and a copy do not. */
function isChange(event: Event, field: Element): boolean {
  const isText = field.matches(TEXT_FIELDS) || field.matches('[contenteditable], [role=textbox]');
  switch (event.type) {
    case 'click':
      return !isText;
    case 'mousedown':
    case 'pointerdown':
      // A press opens a list or moves a slider.
      return field.matches('select, [type=range], [type=color], [role=combobox], [role=slider]');
    case 'keydown':
      return isChangeByKey(event as KeyboardEvent, isText);
    default:
      return true;
  }
}

function isChangeByKey(event: KeyboardEvent, isText: boolean): boolean {
  const { key, ctrlKey, metaKey, altKey } = event;
  if (HARMLESS_KEYS.has(key) || altKey) return false;
  // In a text field `readonly` and `beforeinput` stop the rest; Enter would send the form.
  if (isText) return key === 'Enter';
  return !ctrlKey && !metaKey;
}

const isUsable = (element: Element): boolean => element.closest(`[${ALWAYS_USABLE}]`) !== null;
