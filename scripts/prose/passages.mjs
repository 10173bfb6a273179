import { extname } from 'node:path';
import luaparse from 'luaparse';
import { parseSync } from 'oxc-parser';
import postcss from 'postcss';
import { lineAt } from './lines.mjs';
import { visitStrings } from './strings.mjs';

/**
 * The prose of a file: `{ kind, text, line }`. Kinds: `page` (Markdown), `comment`, `error`, `log`, `test`, `ui` and
 * `text` (another string that reads as a sentence). Comments are Markdown too. In all other kinds, `PLACEHOLDER`
 * replaces code and values that are known at run time only. `line` is the line of the file at which the text begins.
 */
export function passagesOf(path, source) {
  switch (extname(path)) {
    case '.md':
      return [{ kind: 'page', text: withoutFrontMatter(source), line: 1 }];
    case '.lua':
      return commentPassages(luaComments(source), source);
    case '.css':
      return commentPassages(cssComments(source), source);
    default: {
      const { program, comments, errors } = parseSync(path, source);
      if (errors.length > 0) throw new Error(`${path} cannot be read: ${errors[0].message}`);
      const ofComments = commentPassages(
        comments.map(({ value, ...rest }) => ({ ...rest, body: value })),
        source,
      );
      return [...ofComments, ...visitStrings(program, source, path)].sort((a, b) => a.line - b.line);
    }
  }
}

/** The settings that some tools keep at the top of a page, such as a changeset. */
const withoutFrontMatter = (source) =>
  source.replace(/^---\n[\s\S]*?\n---\n/, (settings) => settings.replace(/[^\n]/g, ''));

function luaComments(source) {
  const found = luaparse.parse(source, { comments: true, ranges: true, luaVersion: '5.1' }).comments;
  return found.map(({ raw, value, range: [start, end] }) => ({
    type: raw.startsWith('--[') && raw.endsWith(']') ? 'Block' : 'Line',
    body: value,
    start,
    end,
  }));
}

function cssComments(source) {
  const found = [];
  postcss.parse(source).walkComments(({ text, raws, source: { start, end } }) => {
    found.push({ type: 'Block', body: raws.left + text + raws.right, start: start.offset, end: end.offset });
  });
  return found;
}

/** Comments for a tool, not for a reader. */
const DIRECTIVE = /^\s*(biome-ignore|@include|@vitest-environment|@jsx|#__|@__|\/ *<|prettier-|c8 |v8 )/;

/** Line comments that stand below one another at the same column are one passage. */
function commentPassages(comments, source) {
  const passages = [];
  let last;
  for (const comment of comments) {
    if (DIRECTIVE.test(comment.body) || source.slice(comment.start, comment.start + 2) === '#!') {
      last = undefined;
      continue;
    }
    const between = last && source.slice(last.end, comment.start);
    const follows = last?.type === 'Line' && comment.type === 'Line' && /^\n[ \t]*$/.test(between);
    const isAlone = /^[ \t]*$/.test(
      source.slice(source.lastIndexOf('\n', comment.start - 1) + 1, comment.start),
    );
    if (follows && isAlone && last.isAlone) {
      passages.at(-1).text += `\n${commentText(comment)}`;
    } else {
      passages.push({ kind: 'comment', text: commentText(comment), line: lineAt(source, comment.start) });
    }
    last = { ...comment, isAlone };
  }
  return passages;
}

/** Without the signs of the comment. A docstring's tags become words, so that they begin a sentence. */
const commentText = ({ type, body }) =>
  (type === 'Line'
    ? body.replace(/^ ?/, '')
    : body
        .replace(/^\*/, '')
        .replace(/^[ \t]*\* ?/gm, '')
        .replace(/^ /, '')
  )
    .replace(/@throws \{(\w+)\}/g, (_, name) => `\`throws ${name}\``)
    .replace(/^@(\w+)/gm, (_, name) => `\`@${name}\``);
