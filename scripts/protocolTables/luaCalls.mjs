/** The arguments, as texts, of each call of a function in a Lua script. Declarations of the function are no calls. */
export function callsOf(name, text) {
  const call = new RegExp(`(?<!function )\\b${name}\\(`, 'g');
  return [...text.matchAll(call)].map(({ 0: { length }, index }) => argumentsAt(text, index + length));
}

/** The text of a plain string such as `'queued'`; undefined for any other expression. */
export const plainString = (argument) => /^'([^']*)'$/.exec(argument)?.[1];

/** The arguments of a call, as texts; `start` is behind its opening parenthesis. */
function argumentsAt(text, start) {
  const found = [];
  let depth = 0;
  let from = start;
  for (let i = start; i < text.length; i += 1) {
    const character = text[i];
    if (character === "'") i = text.indexOf("'", i + 1);
    else if ('([{'.includes(character)) depth += 1;
    else if (depth === 0 && (character === ',' || character === ')')) {
      found.push(text.slice(from, i).trim());
      if (character === ')') return found;
      from = i + 1;
    } else if (')]}'.includes(character)) depth -= 1;
  }
  throw new Error('A call does not end.');
}
