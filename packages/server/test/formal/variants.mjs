/** The properties, by the names of the `ltl` formulas in lease.pml. P1 to P14 are the promises of ARCHITECTURE.md. */
export const properties = {
  exclusion: 'two leases are never in force at once (P1)',
  fencesRise: 'each fence is higher than all earlier ones, also after a loss of data (P5)',
  onlySilentExpire: 'no lease expires if its heartbeat has moved (P7)',
  noLostUpdate: 'the row counts every write that the database has accepted',
  everybodyServed: 'each holder acquires the lease in the end, if no process is frozen forever',
};

/** An endless run refutes this property, not a state. So its search differs, and does not find the shortest run. */
export const isAboutEndlessRuns = (property) => property === 'everybodyServed';

const designed = Object.keys(properties).map((property) => ({
  name: 'as designed',
  property,
  expected: 'none',
  means: 'none',
  defines: [],
}));

// With KEEP_DATA, the mistake shows although Redis never loses its data.
const mistaken = [
  ['NO_SEAL', 'noLostUpdate', 'a holder reads without a seal on the row', 'KEEP_DATA'],
  ['EXPIRE_BLIND', 'onlySilentExpire', 'the observer ends a lease without comparing its heartbeat again'],
  ['SWEEP_BLIND', 'exclusion', 'the sweeper clears an entry without comparing its lease'],
  ['REUSE_FENCES', 'fencesRise', 'after a loss of data the fences start at 1 again'],
  [
    'REUSE_FENCES',
    'noLostUpdate',
    'after a loss of data the fences start at 1 again, so the seal does not help',
  ],
  ['RESTART_HEARTBEAT', 'onlySilentExpire', 'the heartbeat of a lease that is acquired again starts at 0'],
  [
    'WRITE_UNDER_NEW_FENCE',
    'noLostUpdate',
    'a value that was read under one fence is written under a later one',
  ],
  ['NO_EXPIRY', 'everybodyServed', 'nobody ends the lease of a crashed holder', 'KEEP_DATA'],
].map(([name, property, means, ...more]) => ({
  name,
  property,
  expected: 'error',
  means,
  defines: [name, ...more],
}));

/**
 * The searches: the protocol as designed for each property, and the mistakes that must be found. Each is
 * `{ name, property, expected: 'none' | 'error', means, defines }`: the mistake in words, and its names in lease.pml.
 */
export const variants = [...designed, ...mistaken];

/** The variants whose name or property is among the words, or all without words. Throws if a word is unknown. */
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
