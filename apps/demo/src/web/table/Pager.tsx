import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useSetSearch } from '../address/useSetSearch.ts';
import { formatCount } from '../format.ts';
import { PAGE_SIZE } from './useListParams.ts';

export interface PagerProps {
  page: number;
  pageSize: number;
  total: number | undefined;
  /** "cities" */
  of: string;
}

const PAGE_SIZES = [PAGE_SIZE, 200, 1_000];

/** Shows the range of rows and their number, with buttons for other pages, and the size of a page. */
export function Pager({ page, pageSize, total, of }: PagerProps) {
  const pages = Math.max(1, Math.ceil((total ?? 0) / pageSize));
  const first = (page - 1) * pageSize + 1;
  const last = Math.min(page * pageSize, total ?? 0);
  const setSearch = useSetSearch();
  const turn = (to: number) => setSearch({ page: to === 1 ? undefined : to });
  // The first row of the page stays in view.
  const resize = (size: number) =>
    setSearch({
      pageSize: size === PAGE_SIZE ? undefined : size,
      page: first > size ? Math.ceil(first / size) : undefined,
    });
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
        <select
          className="pager-size"
          aria-label="Rows on a page"
          data-testid="page-size"
          value={pageSize}
          onChange={(event) => resize(Number(event.target.value))}
        >
          {[...new Set([...PAGE_SIZES, pageSize])].map((size) => (
            <option key={size} value={size}>
              {formatCount(size)} rows
            </option>
          ))}
        </select>
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
