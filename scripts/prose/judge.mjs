import retextEnglish from 'retext-english';
import retextIndefiniteArticle from 'retext-indefinite-article';
import retextRepeatedWords from 'retext-repeated-words';
import { unified } from 'unified';
import { VFile } from 'vfile';
import { passagesOf } from './passages.mjs';
import { rules } from './rules.mjs';
import { sentencesOf } from './sentences.mjs';
import { PLACEHOLDER } from './strings.mjs';

const grammar = unified().use(retextEnglish).use(retextRepeatedWords).use(retextIndefiniteArticle);

/** The findings in a file: `{ path, line, sentence, rule, found, hint, isWarning }`, in the order of the lines. */
export function findingsIn(path, source) {
  return passagesOf(path, source).flatMap((passage) => {
    const whole = { ...passage, isWhole: true };
    return [whole, ...sentencesOf(passage)].flatMap((sentence) =>
      breaches(sentence, path).map((breach) => ({
        path,
        line: sentence.line,
        sentence: sentence.text,
        ...breach,
      })),
    );
  });
}

/** The rules that a sentence breaks, or a whole text with `isWhole`. */
export function breaches({ text, kind, isWhole = false }, path = '') {
  const broken = rules
    .filter(
      ({ kinds, paths, isOfWholeText = false }) =>
        isOfWholeText === isWhole && (!kinds || kinds.includes(kind)) && (!paths || paths.test(path)),
    )
    .map((rule) => ({ rule, found: rule.test ? rule.test(text) : rule.pattern.exec(text)?.[0] }))
    .filter(({ found }) => found)
    .map(({ rule: { name, hint, isWarning = false }, found }) => ({ rule: name, hint, isWarning, found }));
  return isWhole ? broken : [...broken, ...grammarBreaches(text)];
}

/** Repeated words, and "a" before a vowel. Words beside code are not judged, since nobody knows how the code is spoken. */
function grammarBreaches(text) {
  const file = new VFile(text);
  grammar.runSync(grammar.parse(file), file);
  return file.messages
    .filter(({ actual, place }) => !isBesideCode(text, actual, place))
    .map(({ source, actual, reason }) => ({
      rule: source === 'retext-repeated-words' ? 'repeated-word' : 'article',
      hint: reason,
      found: actual,
      isWarning: false,
    }));
}

const isBesideCode = (text, actual, place) =>
  actual === PLACEHOLDER ||
  actual.split(' ').includes(PLACEHOLDER) ||
  text.slice(place.end.offset).trimStart().startsWith(PLACEHOLDER);
