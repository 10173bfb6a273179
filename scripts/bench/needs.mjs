/** The benches that compare with PostgreSQL, or measure in it. */
const WITH_POSTGRES = ['locks', 'fencing'];
const WITH_REDIS = ['locks', 'tasks', 'live'];
const WITH_BROWSER = ['react'];

/** The programs that the bench of these arguments needs on the machine. Help needs only the packages. */
export function needsOf(args) {
  const isHelp = args.includes('--help') || args.includes('-h');
  const includes = (benches) => !isHelp && benches.includes(args[0]);
  return {
    redis: includes(WITH_REDIS),
    redisProgram: true,
    postgres: includes(WITH_POSTGRES),
    browser: includes(WITH_BROWSER),
  };
}
