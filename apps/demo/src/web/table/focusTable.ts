/** Focuses the row that Tab would reach, or the page if there are no rows. The page does not scroll. */
export function focusTable(): void {
  const row = document.querySelector<HTMLElement>('tr[data-row-id][tabindex="0"]');
  (row ?? document.getElementById('main'))?.focus({ preventScroll: true });
}
