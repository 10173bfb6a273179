/** What must hold, by the names of the `ltl` formulas in lease.pml. P1 to P13 are the promises of ARCHITECTURE.md. */
export const properties = {
  exclusion: 'two leases are never in force at once (P1)',
  fencesRise: 'each fence is higher than all before it, across a loss of data too (P5)',
  onlySilentExpire: 'no lease is ended as silent whose heartbeat has moved (P7)',
  noLostUpdate: 'the row counts every write that the database has accepted',
  everybodyServed: 'whoever comes gets the lease in the end, where nobody is frozen for ever',
};

/** Not a state but an endless run refutes this one: its search is another, and does not find the shortest. */
export const isAboutEndlessRuns = (property) => property === 'everybodyServed';

const designed = Object.keys(properties).map((property) => ({
  name: 'as designed',
  property,
  expected: 'none',
  means: 'none',
  defines: [],
}));

// Where KEEP_DATA is given, the mistake shows without Redis ever losing its data.
const mistaken = [
  ['NO_SEAL', 'noLostUpdate', 'a holder reads without having sealed the row', 'KEEP_DATA'],
  ['EXPIRE_BLIND', 'onlySilentExpire', 'the observer ends a lease without comparing its heartbeat again'],
  ['SWEEP_BLIND', 'exclusion', 'the sweeper clears an entry without comparing whose it is'],
  ['REUSE_FENCES', 'fencesRise', 'after a loss of data the fences begin at 1 again'],
  ['REUSE_FENCES', 'noLostUpdate', 'the same, and what it costs in spite of the seal'],
  ['RESTART_HEARTBEAT', 'onlySilentExpire', 'a lease that is given back beats from 0 again'],
  ['WRITE_UNDER_NEW_FENCE', 'noLostUpdate', 'what was read under one fence is written under a later one'],
  ['NO_EXPIRY', 'everybodyServed', 'nobody ends the lease of a holder that has died', 'KEEP_DATA'],
].map(([name, property, means, ...more]) => ({
  name,
  property,
  expected: 'error',
  means,
  defines: [name, ...more],
}));

/**
 * What is searched: the protocol as designed for each property, and mistakes which must be found out. Each is
 * `{ name, property, expected: 'none' | 'error', means, defines }`: the mistake in words, and what it defines in lease.pml.
 */
export const variants = [...designed, ...mistaken];

/** Those whose name or property is among the words; all without a word. Throws where a word names none. */
export function chooseVariants(words) {
  const known = new Set([...Object.keys(properties), ...mistaken.map(({ name }) => name)]);
  const unknown = words.find((word) => !known.has(word));
  if (unknown !== undefined) {
    const names = [...known].join(', ');
    throw new Error(`The model has no "${unknown}". Its properties and mistakes are: ${names}.`);
  }
  if (words.length === 0) return variants;
  return variants.filter(({ name, property }) => words.includes(name) || words.includes(property));
}
