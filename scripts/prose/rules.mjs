import { plainWords } from './rules/plainWords.mjs';
import { sentenceRules } from './rules/sentenceRules.mjs';
import { textRules } from './rules/textRules.mjs';
import { vocabulary } from './rules/vocabulary.mjs';

/**
 * The rules of our prose, each with a sentence that breaks it (`finds`) and one that keeps it (`allows`): both are tests.
 *
 * `pattern` is looked for in each sentence, in which code is written as `X`. `kinds` are the kinds of text that the rule
 * is about (passages.mjs). Default: all. `paths` are the files. `isWarning`: shown, but no test fails.
 */
export const rules = [...sentenceRules, ...plainWords, ...vocabulary, ...textRules];
