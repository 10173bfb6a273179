/**
 * The rules of our prose, each with a sentence that breaks it (`finds`) and one that keeps it (`allows`): both are tests.
 *
 * `pattern` is looked for in each sentence, in which code is written as `X`. `kinds` are the kinds of text that the rule
 * is about (passages.mjs). Default: all. `paths` are the files. `isWarning`: shown, but no test fails.
 */

/** A word in any of the forms that a verb takes, as a whole word. */
const words = (...forms) => new RegExp(`\\b(?:${forms.join('|')})\\b`, 'i');

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

/** Sentences: how they begin, and how long they are. */
const sentenceRules = [
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

/** Words that are plain English, but not plain enough. */
const plainWords = [
  {
    name: 'plain-tell',
    pattern: /\b(tells?|told|untold|telling)\b(?!.* apart\b)/i,
    hint: 'say "report", "notify", "say", "send" or "show"',
    finds: ['The hook is told again.', 'The log tells of it.'],
    allows: ['The subscriber is notified again.', 'A machine can tell them apart.'],
  },
  {
    name: 'plain-tend',
    pattern: words('tend', 'tends(?! to)', 'tended', 'tending', 'tenders?'),
    hint: 'say "renew", "maintain", "expire" or what it does',
    finds: ['The tender tends all leases.'],
    allows: ['The expiry observer expires leases.', 'A queue tends to grow.'],
  },
  {
    name: 'plain-beat',
    pattern: words('beats?', 'beaten', 'beating'),
    hint: 'say "renew"',
    finds: ['The holder beats every second.'],
    allows: ['The heartbeat thread renews the lease.'],
  },
  {
    name: 'plain-end',
    pattern: /\bc(?:ome|omes|ame|oming) to (?:its|an|the|their|his)(?: final)? ends?\b/i,
    hint: 'say "end"',
    finds: ['The task came to its final end.'],
    allows: ['The task ended.'],
  },
  {
    name: 'plain-go-on',
    pattern: words('go on', 'goes on', 'going on', 'went on', 'gone on'),
    hint: 'say "continue"',
    finds: ['It goes on where it was.'],
    allows: ['It continues at its position.'],
  },
  {
    name: 'plain-none',
    pattern: words('(?:is|are|was|were|be|has|have|had|there) none(?! of)', 'none (?:is|are) there'),
    hint: 'say "does not exist", "no …" or "not"',
    finds: ['A gap that is told is none.', 'Where there are none, it is empty.'],
    allows: ['No gap is reported.', 'None of them waits.', 'X is none of A, B and C.'],
  },
  {
    name: 'plain-be-had',
    pattern: /\b(?:be|is|are|was|were) (?:not )?had\b|\bto be had\b/i,
    hint: 'say "acquire" or "available"',
    finds: ['They could not be had all at once.', 'A lock is to be had.'],
    allows: ['They could not all be acquired.', 'It had ended.'],
  },
  {
    name: 'plain-archaic',
    pattern: words(
      'anew',
      'whence',
      'thereof',
      'therein',
      'thereupon',
      'hitherto',
      'henceforth',
      'lest',
      'ere',
      'naught',
      'aught',
    ),
    hint: 'say "again" or a word of today',
    finds: ['Redis starts anew.'],
    allows: ['Redis restarts.'],
  },
  {
    name: 'plain-at-rest',
    pattern: words('at rest'),
    hint: 'say "idle" or "finished"',
    finds: ['The server is at rest.'],
    allows: ['The server is idle.', 'Look at restarts.'],
  },
  {
    name: 'plain-cease',
    pattern: words('ceases?', 'ceased', 'ceasing'),
    hint: 'say "stop"',
    finds: ['The tab ceases to watch.'],
    allows: ['The tab stops watching.'],
  },
  {
    name: 'plain-any-more',
    pattern: /\bany ?more\b(?! than)|\b(?:is|are|be|was|were|covers|holds|has) no more\b(?! than| \w+)/i,
    hint: 'say "no longer"',
    finds: ['It is not known any more.', 'A lease that is no more'],
    allows: ['It is no longer known.', 'It has no more records.'],
  },
  {
    name: 'plain-step-before',
    pattern: words('steps? before', 'stepped before'),
    hint: 'say "overtake" or "come first"',
    finds: ['Nobody steps before it.'],
    allows: ['Nobody overtakes it.'],
  },
  {
    name: 'plain-die',
    isWarning: true,
    pattern: words('dies?', 'died', 'dying', 'dead'),
    hint: 'a process "crashes" or "is gone"; a lease "expires"',
    finds: ['The worker died.', 'Nobody waits for the dead.'],
    allows: ['The worker crashed.', 'Waiting can deadlock.'],
  },
  {
    name: 'plain-silent',
    pattern: words('(?:falls?|fell|fallen) silent'),
    hint: 'say "stopped responding"',
    finds: ['Its worker has fallen silent.'],
    allows: ['Its worker has stopped responding.'],
  },
  {
    name: 'plain-one',
    pattern: /\bone['’]s (?:own|lease|records?|rows?|tasks?|tab)\b|\boneself\b|\bwhoever\b|\bwhomever\b/i,
    hint: 'say "your", "their" or "anybody who"',
    finds: ['Take back one’s lease.', 'It is free for whoever waits.'],
    allows: [
      'Resume your lease.',
      'The one that is next.',
      'It is one listener, whatever the number of tabs.',
    ],
  },
  {
    name: 'plain-once-more',
    pattern: words(
      'for ever',
      'once and for all',
      'for good',
      'nor is',
      'nor does',
      'so long as',
      'save that',
      'as it were',
    ),
    hint: 'say "forever", "permanently", "and … not"',
    finds: ['A final state is for ever.'],
    allows: ['A final state never changes.'],
  },
];

/** One thing, one word: the column "do not use for it" of GLOSSARY.md, as far as a machine can see what a word is for. */
const vocabulary = [
  {
    name: 'word-release',
    pattern: words(
      'lets? go',
      'letting go',
      'gives? back',
      'gave back',
      'given back',
      'giving back',
      'gives? (?:it|them) back',
    ),
    hint: 'a lease is released',
    finds: ['The holder lets go of the row.', 'The lease is given back.'],
    allows: ['The holder releases the lease.', 'The task gives a result.'],
  },
  {
    name: 'word-acquire',
    isWarning: true,
    pattern:
      /\b(?:takes?|took|taken|taking) (?:(?:the|its|their|his|all|some|more|both|these|those|no|many|a|of|such|free|same|wanted) ){0,3}(?:records?|rows?|locks?|leases?)\b(?! over\b)/i,
    hint: 'records and leases are acquired',
    finds: ['The task takes all of the records.', 'He has taken the lease.'],
    allows: [
      'The task acquires all records.',
      'It takes over the lease.',
      'They took its records over.',
      'The list takes 100 rows.',
    ],
  },
  {
    name: 'word-transfer',
    pattern: words('hands? over', 'handed over', 'handing over', 'hands? (?:it|them) over'),
    hint: 'a lease is transferred',
    finds: ['The lease is handed over to the task.'],
    allows: ['The lease is transferred to the task.'],
  },
  {
    name: 'word-resume',
    pattern: words(
      'takes? (?:it |them |the lease |its lease )?back',
      'took (?:it |them )?back',
      'taken back',
      'taking back',
    ),
    hint: 'a session resumes its lease',
    finds: ['The tab takes its lease back.'],
    allows: ['The session resumes its lease.', 'The call takes backoff into account.'],
  },
  {
    name: 'word-withdraw',
    pattern: words('withdraws?', 'withdrew', 'withdrawn', 'withdrawing'),
    hint: 'a holder stops waiting, a lease is revoked or released',
    finds: ['A waiter withdraws.'],
    allows: ['A waiter stops waiting.'],
  },
  {
    name: 'word-lease',
    pattern: words(
      'claims?',
      'claimed',
      'claiming',
      '(?:a|the|each|every|this|its|of|no) grants?',
      'tickets?',
    ),
    hint: 'say "lease" or "request"',
    finds: ['Each claim has a ticket.', 'The grant has a fence.'],
    allows: ['Each lease has a position.', '`authorize` grants permission.'],
  },
  {
    name: 'word-record',
    pattern: words('items?'),
    hint: 'say "record"; in user interfaces "row"',
    finds: ['An item fails.'],
    allows: ['A record fails.', 'It is itemised.'],
  },
  {
    name: 'word-blocked',
    pattern: words('in the way'),
    hint: 'a lease "blocks" a record',
    finds: ['The leases in the way are named.'],
    allows: ['The blocking leases are named.', 'in the same way'],
  },
  {
    name: 'word-wait-list',
    pattern: words(
      'in (?:the )?line(?! with| \\d)',
      'waiting line',
      'places? in (?:the|a) (?:line|queue)',
      'stands? behind',
    ),
    hint: 'say "wait list" and "position"',
    finds: ['It stands in line for its records.', 'Its place in the queue is lost.'],
    allows: [
      'It is on the wait list.',
      'The line is too long.',
      'It is inline, and in line 3.',
      'in line with RFC 9457',
    ],
  },
  {
    name: 'word-position',
    pattern: words('places? in (?:the|a) (?:change )?(?:log|stream|trail)'),
    hint: 'say "position"',
    finds: ['A place in the change log is stored.'],
    allows: ['A position in the change log is stored.', 'Nobody takes its place.'],
  },
  {
    name: 'word-grace',
    pattern: /(?<!\b(?:disconnect|restart|recovery|X) )\bgraces?\b/i,
    hint: 'say "disconnect grace" or "restart grace"',
    finds: ['The lease ends after the grace.'],
    allows: ['The lease ends after the disconnect grace.', 'It ends gracefully.'],
  },
  {
    name: 'word-subscriber',
    pattern: words('sets? of hooks', 'hook sets?'),
    hint: 'say "subscriber"',
    finds: ['A set of hooks has a name.'],
    allows: ['A subscriber has a name.', 'React has hooks.'],
  },
  {
    name: 'word-subscriber-on-server',
    paths: /^packages\/server\//,
    pattern: words('hooks?'),
    hint: 'say "subscriber": a hook is React’s',
    finds: ['The hook is called again.'],
    allows: ['The subscriber is called again.'],
  },
  {
    name: 'word-worker',
    pattern: words('un?attended', 'attended', 'attends?', 'looks? after', 'looked after'),
    hint: 'say "has a worker", "has no worker"',
    finds: ['The task is unattended.', 'Nobody looks after it.'],
    allows: ['The task has no worker.', 'It looks afterwards.'],
  },
  {
    name: 'word-heartbeat-thread',
    pattern: words('stand-ins?', 'standstills?', 'stands? still', 'stood still'),
    hint: 'say "heartbeat thread", or "is not renewed"',
    finds: ['The stand-in renews it.', 'Its heartbeat stood still.'],
    allows: ['The heartbeat thread renews it.'],
  },
  {
    name: 'word-disconnect',
    pattern: words('sent away', 'sends? (?:\\w+ )?away'),
    hint: 'say "disconnect"',
    finds: ['The user is sent away.', 'The application sends them away.'],
    allows: ['The user is disconnected.'],
  },
  {
    name: 'word-subscribe',
    pattern: words('revives?', 'revived'),
    hint: 'say "resume" or "restart"',
    finds: ['A finished task never revives.'],
    allows: ['A finished task never resumes.'],
  },
];

/** Texts for a certain reader. */
const textRules = [
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

export const rules = [...sentenceRules, ...plainWords, ...vocabulary, ...textRules];
