import { type RefObject, useLayoutEffect } from 'react';

/**
 * Shows a `<dialog>` modally while it is mounted, and gives the focus back. In the layout phase, since only a
 * dialog that is still in the page gives the focus back. If `showModal` is missing, as in jsdom or
 * happy-dom, it is open without being modal.
 */
export function useShownModally(
  element: RefObject<HTMLDialogElement | null>,
  firstFocus: RefObject<HTMLElement | null>,
): void {
  useLayoutEffect(() => {
    const shown = element.current;
    if (!shown) return;
    // A page can render into a frame, which has a focus of its own.
    const { ownerDocument: page } = shown;
    const before = page.activeElement;
    show(shown);
    // The safest choice has the focus: closing changes nothing.
    firstFocus.current?.focus();
    return () => {
      if (typeof shown.close === 'function' && shown.open) shown.close();
      if (shown.contains(page.activeElement) || page.activeElement === page.body) {
        if (before?.isConnected) (before as HTMLElement).focus();
      }
    };
  }, [element, firstFocus]);
}

function show(dialog: HTMLDialogElement): void {
  if (dialog.open) return;
  try {
    dialog.showModal();
  } catch {
    dialog.setAttribute('open', '');
    dialog.setAttribute('aria-modal', 'true');
  }
}

/** The look of the place where the component stands, for an element in a portal: `data-theme` and `dir` of an ancestor. */
export function useInheritedLook(element: RefObject<HTMLElement | null>, place: HTMLElement): void {
  useLayoutEffect(() => {
    for (const name of ['data-theme', 'dir', 'lang']) {
      const value = place.closest(`[${name}]`)?.getAttribute(name);
      if (value !== null && value !== undefined && !element.current?.hasAttribute(name)) {
        element.current?.setAttribute(name, value);
      }
    }
  }, [element, place]);
}
