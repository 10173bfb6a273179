/** Rows and columns for people to read. */

// Labels come from users: what would steer the terminal is not passed on to it.
const CONTROL = /\p{Cc}|\p{Bidi_Control}/gu;

export const printable = (text: string): string => text.replace(CONTROL, '\uFFFD');

/** @param rows each as long as `head`; all are padded but the last column */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [head, ...rows.map((row) => row.map(printable))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? '')].length)));
  return lines.map((line) =>
    line
      .map((cell, column) => cell + ' '.repeat(widths[column]! - [...cell].length))
      .join('  ')
      .trimEnd(),
  );
}

/** How long ago, by Redis's clock: "45 s", "3 min", "2 h 5 min", "4 d". */
export function age(nowMs: number, sinceMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - sinceMs) / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d`;
}
