const BEGIN = '<!-- results: written by `pnpm bench locks --readme` -->';
const END = '<!-- end of results -->';

/** The page with what stands between its two marks replaced. @throws {Error} where it has not both of them */
export function replaceResults(page: string, results: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`The README has no "${BEGIN}" followed by "${END}".`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${results}\n\n${page.slice(end)}`;
}
