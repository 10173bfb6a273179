/**
 * The largest size that an entry of a package may add to a page, in bytes of minified and gzipped code. A budget starts at
 * about 10 % above the size of its day.
 */
export const sizeBudgets = {
  '@rowlock/protocol': 6_900,
  '@rowlock/react': 99_000,
  '@rowlock/react/core': 49_000,
  '@rowlock/react/query': 7_900,
  '@rowlock/react/styles.css': 7_900,
};
