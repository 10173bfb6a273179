import { useSearch } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useSetSearch } from '../address/useSetSearch.ts';

/** Long enough that a word is one request, short enough to feel immediate. */
const TYPING_PAUSE_MS = 200;

/** Searches the list of the page; `/` goes to it from anywhere. The box keeps its own text, which may be ahead of the address. */
export function SearchBox({ section }: { section: string }) {
  const { q: shown = '' } = useSearch({ strict: false });
  const setSearch = useSetSearch();
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const searchSoon = (text: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      timer.current = undefined;
      setSearch({ q: text.trim(), page: undefined }, 'replace');
    }, TYPING_PAUSE_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  // The back button, or a link that clears the filters, changes the address under the box. It never replaces a text that somebody is typing.
  useEffect(() => {
    const box = input.current;
    if (box && box !== document.activeElement && timer.current === undefined) box.value = shown;
  }, [shown]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (target.closest('input, textarea, select, dialog')) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  return (
    <label className="search">
      <Search size={16} aria-hidden />
      <span className="visuallyHidden">Search {section}</span>
      <input
        ref={input}
        type="search"
        defaultValue={shown}
        maxLength={100}
        placeholder={`Search ${section}`}
        data-testid="search"
        onChange={(event) => searchSoon(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          const box = event.currentTarget;
          if (!box.value) return box.blur();
          box.value = '';
          searchSoon('');
        }}
      />
      <kbd aria-hidden>/</kbd>
    </label>
  );
}
