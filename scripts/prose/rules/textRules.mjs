import { words } from './words.mjs';

/** A test name that begins with one of these lacks its subject. Words that are nouns as well (names, records) are not here. */
const VERBS = new Set(
  (
    'should it is are was were does do has have can may must cannot could will would never says keeps ends gives takes tells refuses leaves holds ' +
    'goes asks shows waits stays passes lets frees writes stops runs launches comes moves needs serves gets begins puts knows carries ' +
    'sends adds forgets starts compares offers follows becomes makes acquires survives proves reaches learns succeeds joins reads loses ' +
    'throws replaces finds tries opens spells loads grows believes acknowledges speaks ignores releases retries unwatches watches ' +
    'disconnects connects renders re-renders applies allows logs misses brings treats widens rejects sees meets warns renews corrects ' +
    'hides turns coalesces measures looks stands fails completes expires chooses promises belongs continues returns resolves reports ' +
    'notifies blocks crashes restarts deletes removes closes resumes transfers extends accepts survives rises drops skips'
  ).split(' '),
);

/** Texts for a certain reader. */
export const textRules = [
  {
    name: 'history',
    kinds: ['comment'],
    pattern: words(
      'previously',
      'formerly',
      'in the past',
      'originally',
      'used to be',
      'not any longer',
      'since version',
    ),
    hint: 'say how it is, not how it was: the history is in the commits',
    finds: ['This was previously a list.'],
    allows: ['This is a map.', 'The former holder is known.', 'The lease stays for now.'],
  },
  {
    name: 'error-next-step',
    kinds: ['error'],
    paths: /^packages\/\w+\/src\/(?!.*(\.test\.|Fixture\.|\/testing\/|\/faults\/|\/model\/))/,
    isOfWholeText: true,
    hint: 'a message says what happened, why, and what to do next: at least two sentences, each with its full stop',
    finds: ['The query is malformed', 'No such task.'],
    allows: ['X is not a resource. Use a lower-case word.', 'Redis cannot be reached: X. Try again later.'],
    test: (text) => !/[.!?;:] \S.*[.!?X)]$/.test(text) && 'no next step',
  },
  {
    name: 'error-address',
    kinds: ['error', 'log'],
    pattern: words('please', 'oops', 'sorry', 'illegal', 'unfortunately'),
    hint: 'say what happened and what to do, without courtesy',
    finds: ['Please try again.', 'Illegal key X.'],
    allows: ['Try again.', 'X is not a key.'],
  },
  {
    name: 'test-name',
    kinds: ['test'],
    isOfWholeText: true,
    hint: 'a test name is subject, verb and result, and makes sense alone: "acquire refuses a record that …"',
    finds: [
      'should release the lease',
      'refuses a malformed key',
      'P3, P12: keeps the lease',
      'it hears all',
      'it works as expected',
    ],
    allows: [
      'acquire refuses a malformed key',
      'P3: a worker keeps the lease',
      'records of a lease are free',
      'work under a lock',
    ],
    test: (text) => {
      const [first] = text.replace(/^(?:P\d+,? ?)+: ?/, '').split(/[^\w’']/);
      return (VERBS.has(first) && first) || /\bas expected\b/i.exec(text)?.[0];
    },
  },
  {
    name: 'ui-words',
    kinds: ['ui'],
    pattern: words(
      'leases?',
      'fences?',
      'fencing',
      'heartbeats?',
      'ttl',
      'redis',
      'namespaces?',
      'sockets?',
      'exclusive',
    ),
    hint: 'users know rows, locks and tasks only',
    finds: ['Your lease has expired.'],
    allows: ['Your lock on this row has ended.', 'Please release the row.'],
  },
];
