import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import retextEnglish from 'retext-english';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { PLACEHOLDER } from './strings.mjs';

const markdown = unified().use(remarkParse).use(remarkGfm);
const english = unified().use(retextEnglish);
const BLOCKS = new Set(['paragraph', 'heading', 'tableCell']);

/**
 * The sentences of a passage: `{ text, line, kind }`. Code is `X`, and blanks are single. Blocks of
 * code, addresses of links and HTML are no sentences.
 */
export function sentencesOf({ kind, text, line }) {
  if (kind !== 'page' && kind !== 'comment') {
    return split(text).map((sentence) => ({ text: clean(sentence.text), kind, line }));
  }
  const found = [];
  const { prose, rows } = kind === 'comment' ? splitLayout(text) : { prose: text, rows: [] };
  for (const row of rows) {
    for (const sentence of split(row.text))
      found.push({ text: clean(sentence.text), kind, line: line + row.line });
  }
  const tree = markdown.parse(prose);
  visit(tree, (node) => {
    if (!BLOCKS.has(node.type)) return;
    const [block, from] = readable(node, prose);
    for (const { text: sentence, offset } of split(block)) {
      found.push({
        text: clean(sentence),
        kind,
        line: line + newlines(prose.slice(0, from + offset)),
      });
    }
  });
  return found.filter(({ text: sentence }) => /[a-z]{2}/i.test(sentence)).sort((a, b) => a.line - b.line);
}

/** `Input   a lease`, as a column and a text, in a comment. Lines below it that are indented deeper belong to the row. */
const ROW = /^( {0,4}[^\s.,;:]+(?: [^\s.,;:]+){0,3} {2,})(?=\S)/;
const CONTINUED = /^ {5,}\S/;

/**
 * Takes the tables out of a comment: `{ prose, rows }`. `prose` has as many lines and characters as the comment. Code in
 * rows, such as `{ 'waiting', leaseId }`, is `X`.
 */
function splitLayout(text) {
  const rows = [];
  let row;
  const prose = text.split('\n').map((line, i) => {
    const column = ROW.exec(line)?.[1];
    if (column) {
      row = { text: line.slice(column.length), line: i };
      rows.push(row);
    } else if (row && CONTINUED.test(line)) row.text += ` ${line.trim()}`;
    else row = undefined;
    // Indented lines of a comment are no code, which they would be in Markdown.
    return row
      ? ' '.repeat(line.length)
      : line.replace(/^ {4,}/, (blanks) => '   '.padEnd(blanks.length, '\u00a0'));
  });
  for (const found of rows) found.text = found.text.replace(/\{[^{}]*\}|`[^`]*`|'[^']*'/g, PLACEHOLDER);
  return { prose: prose.join('\n'), rows };
}

/** The text of a block with everything else blanked, so that offsets stay, and the offset where it begins. */
function readable(block, source) {
  const from = block.position.start.offset;
  const characters = Array(block.position.end.offset - from).fill(' ');
  const put = (start, letters) => {
    for (let i = 0; i < letters.length; i += 1) characters[start - from + i] = letters[i];
  };
  visit(block, (node) => {
    if (!node.position) return;
    const { start, end } = node.position;
    if (node.type === 'text') put(start.offset, source.slice(start.offset, end.offset));
    if (node.type === 'inlineCode') put(start.offset, PLACEHOLDER.repeat(end.offset - start.offset));
  });
  for (let i = 0; i < characters.length; i += 1) if (source[from + i] === '\n') characters[i] = '\n';
  return [characters.join(''), from];
}

function split(text) {
  const found = [];
  visit(english.parse(text), 'SentenceNode', ({ position: { start, end } }) => {
    let from = start.offset;
    for (const part of text.slice(start.offset, end.offset).split(MISSED_END)) {
      found.push({ text: part, offset: from });
      from += part.length;
    }
  });
  return found;
}

/** Ends that the parser takes for abbreviations: of a sentence whose last word is a number, code, or a word like "id". */
const MISSED_END = /(?<!\b(?:e\.g|i\.e|vs|cf|etc|no)\.)(?<=[\p{L}\p{N})\]"”][.!?]["”)]?)(?=\s+["“(]?\p{Lu})/u;

const clean = (text) =>
  text
    .replace(/X{2,}/g, PLACEHOLDER)
    .replace(/\s+/g, ' ')
    .replace(/ ([,.;:)])/g, '$1')
    .trim();

const newlines = (text) => text.split('\n').length - 1;
