/** The people of examples and demos: a sentence about one of them may say `he` or `she`. */
const PEOPLE = /\b(Ann|Bo|Cy|Cleo|Dan|Eve|Zoe)\b/;

/** A subject that is a clause, or that stands for nothing named. */
const NO_SUBJECT =
  /^(who|whoever|whom|what|whatever|such|that which|those who|one (that|who|which|whose|may|can|cannot|must|is|has|had|does|would|should|will|of (these|those|them)))\b/i;

/** "Where" that says under which condition, as far as its neighbours show it. */
const WHERE_AS_IF = [
  /^where\b[^,:]*,/i,
  /[,;:(] where\b/,
  /\b(absent|empty|undefined|null|none|true|false|void|nothing|0) where\b/i,
  /\bwhere (given|known|possible|needed|wanted|asked|set|present|there (is|are)|nobody|somebody|nothing|none|neither|no (one|other))\b/i,
];

const isQuestion = (sentence) => /\?["”’)]*$/.test(sentence);
const countWords = (sentence) => sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

const MOST_WORDS = 35;
const MANY_WORDS = 28;

/** Sentences: how they begin, and how long they are. */
export const sentenceRules = [
  {
    name: 'subject-first',
    hint: 'name the subject first: "The holder …", "If the process …", "Anybody who …"',
    finds: [
      'Who dies between the two calls is asked again.',
      'Whoever waits is next.',
      'What ends is free.',
      'Such rows are skipped.',
      'One that waits holds nothing.',
      'That which is lost is read again.',
    ],
    allows: [
      'The holder is asked again.',
      'What is a lease?',
      'One lease covers all records.',
      'Whether it ends is unknown.',
      'The process that crashes is asked again.',
    ],
    test: (sentence) => (isQuestion(sentence) ? undefined : NO_SUBJECT.exec(sentence)?.[0]),
  },
  {
    name: 'subject-of-part',
    isWarning: true,
    hint: 'name the subject after a semicolon too, or end the sentence there',
    finds: ['The list is fair; who comes later waits.'],
    allows: ['It names the lease; nobody knows who holds it.', 'It names the holder: who it is.'],
    pattern: /; (and |but |or )?(who|whoever|what|that which)\b/i,
  },
  {
    name: 'where-for-places',
    hint: 'use "if" for conditions and "when" for time; "where" is for places only',
    finds: [
      'Absent where the task is known.',
      'The task, where the holder is one',
      'Where it refuses, the connection fails.',
      'The secret is new, where given.',
      'It ends where nobody works on it.',
    ],
    allows: [
      'The folder where the file is.',
      'It is true that the place where it waits is known.',
      'It continues where it stopped.',
      'Where does a lock expire?',
      'Where the demo keeps its data: DIR, or a folder.',
    ],
    test: (sentence) =>
      WHERE_AS_IF.map((pattern) => !isQuestion(sentence) && pattern.exec(sentence)?.[0]).find(Boolean),
  },
  {
    name: 'sentence-length',
    hint: `a sentence has at most ${MOST_WORDS} words, and better 20: split it`,
    finds: [`${'word '.repeat(MOST_WORDS)}end.`],
    allows: [`${'word '.repeat(MOST_WORDS - 1)}end.`],
    test: (sentence) => countWords(sentence) > MOST_WORDS && `${countWords(sentence)} words`,
  },
  {
    name: 'long-sentence',
    isWarning: true,
    hint: `more than ${MANY_WORDS} words: a sentence has 20 at most, as a rule`,
    finds: [`${'word '.repeat(MANY_WORDS)}end.`],
    allows: [`${'word '.repeat(MANY_WORDS - 1)}end.`, `${'word '.repeat(MOST_WORDS)}end.`],
    test: (sentence) =>
      countWords(sentence) > MANY_WORDS &&
      countWords(sentence) <= MOST_WORDS &&
      `${countWords(sentence)} words`,
  },
  {
    name: 'they',
    hint: 'write "they", or the role: "the holder"',
    finds: ['The user loses his lease.', 'A holder that is late has lost what he held.'],
    allows: ['Users lose their leases.', 'Ann Lee loses his place.', 'The shell is new.'],
    test: (sentence) =>
      !PEOPLE.test(sentence) && /\b(he|him|his|himself|she|hers|herself)\b/i.exec(sentence)?.[0],
  },
];
