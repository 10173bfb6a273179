import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { AnySearch } from './searchParams.ts';

export type SetSearch = (changes: AnySearch, how?: 'push' | 'replace') => void;

/** Changes some parameters of this page. `undefined` and '' remove a parameter. */
export function useSetSearch(): SetSearch {
  const navigate = useNavigate();
  return useCallback(
    (changes, how = 'push') => {
      void navigate({
        to: '.',
        search: (search: AnySearch) => ({ ...search, ...changes }),
        replace: how === 'replace',
      });
    },
    [navigate],
  );
}
