/** The results in the README that a run writes. */
export type Results = 'locks' | 'tasks' | 'live' | 'react';

/** Replaces the text between the two marks of these results. @throws {Error} if the page lacks one of the marks */
export function replaceResults(page: string, of: Results, results: string): string {
  const begins = `<!-- results: written by \`pnpm bench ${of} --readme\` -->`;
  const begin = page.indexOf(begins);
  const end = page.indexOf('<!-- end of results -->', begin);
  if (begin < 0 || end < begin) {
    throw new Error(
      `The README has no "${begins}" followed by "<!-- end of results -->". Add both lines where the results belong.`,
    );
  }
  return `${page.slice(0, begin + begins.length)}\n\n${results}\n\n${page.slice(end)}`;
}
