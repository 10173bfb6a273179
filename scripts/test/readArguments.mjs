/**
 * `npm test -- unit redis` runs two parts, `npm test -- unit some/file -t 'a name'` passes the rest on to what runs
 * that part. Returns `{ names, args }` or throws with the usage.
 */
export function readArguments(argv, known) {
  const end = argv.findIndex((word) => !known.includes(word));
  const names = end === -1 ? argv : argv.slice(0, end);
  const args = end === -1 ? [] : argv.slice(end);
  if (args.length > 0 && names.length !== 1) {
    throw new Error(
      names.length === 0
        ? `There is no part "${args[0]}". The parts are: ${known.join(', ')}.`
        : `"${args[0]}" is no part, and can be passed on to one part only. The parts are: ${known.join(', ')}.`,
    );
  }
  return { names: names.length === 0 ? known : known.filter((name) => names.includes(name)), args };
}
