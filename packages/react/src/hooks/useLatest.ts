import { useInsertionEffect, useRef } from 'react';

/** A reference to the value of the latest commit, for effects and callbacks that must not depend on it. */
export function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}
