/** Which of the README's results a run writes. */
export type Results = 'locks' | 'tasks';

/** The page with what stands between the two marks of these results replaced. @throws {Error} where it has not both */
export function replaceResults(page: string, of: Results, results: string): string {
  const begins = `<!-- results: written by \`pnpm bench ${of} --readme\` -->`;
  const begin = page.indexOf(begins);
  const end = page.indexOf('<!-- end of results -->', begin);
  if (begin < 0 || end < begin) {
    throw new Error(`The README has no "${begins}" followed by "<!-- end of results -->".`);
  }
  return `${page.slice(0, begin + begins.length)}\n\n${results}\n\n${page.slice(end)}`;
}
