import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useSetSearch } from '../address/useSetSearch.ts';
import { formatCount } from '../format.ts';

export interface PagerProps {
  page: number;
  pageSize: number;
  total: number | undefined;
  /** "cities" */
  of: string;
}

/** Shows the range of rows and their number, with buttons for other pages. */
export function Pager({ page, pageSize, total, of }: PagerProps) {
  const pages = Math.max(1, Math.ceil((total ?? 0) / pageSize));
  const first = (page - 1) * pageSize + 1;
  const last = Math.min(page * pageSize, total ?? 0);
  const setSearch = useSetSearch();
  const turn = (to: number) => setSearch({ page: to === 1 ? undefined : to });
  return (
    <div className="pager">
      <span data-testid="total">
        {total === 0 && `0 ${of}`}
        {total !== undefined && total > 0 && (
          <>
            <span className="pager-range">
              {formatCount(first)}–{formatCount(last)} of{' '}
            </span>
            {formatCount(total)} {of}
          </>
        )}
      </span>
      <span className="pager-buttons">
        <button
          type="button"
          className="iconButton"
          aria-label="Previous page"
          disabled={page <= 1}
          onClick={() => turn(page - 1)}
        >
          <ChevronLeft size={16} aria-hidden />
        </button>
        <span className="pager-page">
          {formatCount(page)} / {formatCount(pages)}
        </span>
        <button
          type="button"
          className="iconButton"
          aria-label="Next page"
          disabled={page >= pages}
          onClick={() => turn(page + 1)}
        >
          <ChevronRight size={16} aria-hidden />
        </button>
      </span>
    </div>
  );
}
