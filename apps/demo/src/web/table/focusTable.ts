/** To the row that Tab would reach, and without rows to the page. What the reader sees stays where it is. */
export function focusTable(): void {
  const row = document.querySelector<HTMLElement>('tr[data-row-id][tabindex="0"]');
  (row ?? document.getElementById('main'))?.focus({ preventScroll: true });
}
