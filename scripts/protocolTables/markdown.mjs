/** A Markdown table. A cell may hold any text on one line. */
export const table = (headings, rows) =>
  [headings, headings.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |`.replaceAll('|  |', '| |'))
    .join('\n');

const cell = (text = '') => text.replaceAll('|', '\\|');

export const code = (text) => `\`${text}\``;

const MARKS = /^<!-- generated: (.+?) -->\n[\s\S]*?^<!-- end generated -->$/gm;

/**
 * The page with its generated parts written again, between `<!-- generated: NAME -->` and `<!-- end generated -->`.
 * Throws if the page lacks a part, or names a part that does not exist.
 */
export function withSections(page, sections) {
  const seen = new Set();
  const written = page.replace(MARKS, (_, name) => {
    if (!(name in sections)) throw new Error(`The page has a part "${name}" that no section fills.`);
    seen.add(name);
    return `<!-- generated: ${name} -->\n${sections[name]}\n<!-- end generated -->`;
  });
  const missing = Object.keys(sections).filter((name) => !seen.has(name));
  if (missing.length > 0) throw new Error(`The page has no part for: ${missing.join(', ')}.`);
  return written;
}
