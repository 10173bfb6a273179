import { type ForwardedRef, useCallback, useEffect, useImperativeHandle, useState } from 'react';

const VARIABLE = '--rowlock-tray-height';

/**
 * Publishes the height that a fixed element covers, as a variable of the page, so that the page can end above it. Returns the ref of the
 * element, and passes the element on to `ref`.
 */
export function useCornerHeight(
  isFixed: boolean,
  ref: ForwardedRef<HTMLElement>,
): (element: HTMLElement | null) => void {
  const [element, setElement] = useState<HTMLElement | null>(null);
  useImperativeHandle(ref, () => element as HTMLElement, [element]);
  useEffect(() => {
    if (!isFixed || !element) return;
    const { style } = element.ownerDocument.documentElement;
    const observer = new ResizeObserver(() => {
      const space = window.innerHeight - element.getBoundingClientRect().top;
      style.setProperty(VARIABLE, `${Math.ceil(space)}px`);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      style.removeProperty(VARIABLE);
    };
  }, [isFixed, element]);
  return useCallback((next: HTMLElement | null) => setElement(next), []);
}
