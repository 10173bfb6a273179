import { type FocusEvent, useEffect, useRef } from 'react';

/** Gives the focus back to where it came from, if an element goes while it has the focus. For the props of that element. */
export function useReturnedFocus(isShown: boolean) {
  const from = useRef<EventTarget | null>(null);
  const hasFocus = useRef(false);
  useEffect(() => {
    if (isShown || !hasFocus.current) return;
    hasFocus.current = false;
    const { current } = from;
    // The browser has moved the focus to the page, since the focused element is gone.
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (isLost && current instanceof HTMLElement && current.isConnected) current.focus();
  }, [isShown]);
  return {
    onFocus: ({ currentTarget, relatedTarget }: FocusEvent) => {
      hasFocus.current = true;
      if (relatedTarget && !currentTarget.contains(relatedTarget)) from.current = relatedTarget;
    },
    onBlur: ({ currentTarget, relatedTarget }: FocusEvent) => {
      if (relatedTarget && !currentTarget.contains(relatedTarget)) hasFocus.current = false;
    },
  };
}
