import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { setParams, usePlace } from '../place.ts';

/** Long enough that a word is one request, short enough to feel immediate. */
const TYPING_PAUSE_MS = 200;

/** Searches the list of the page; `/` goes to it from anywhere. */
export function SearchBox({ section }: { section: string }) {
  const { params } = usePlace();
  const shown = params.get('q') ?? '';
  const [text, setText] = useState(shown);
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef(shown);

  // The back button, or a link that clears the filters, changes the address under the box.
  if (shown !== sent.current && document.activeElement !== input.current && text !== shown) {
    sent.current = shown;
    setText(shown);
  }

  useEffect(() => {
    const timer = setTimeout(() => {
      const wanted = text.trim();
      if (wanted === sent.current) return;
      sent.current = wanted;
      setParams({ q: wanted, page: undefined }, 'replace');
    }, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);

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
        value={text}
        maxLength={100}
        placeholder={`Search ${section}`}
        data-testid="search"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          if (text) setText('');
          else input.current?.blur();
        }}
      />
      <kbd aria-hidden>/</kbd>
    </label>
  );
}
