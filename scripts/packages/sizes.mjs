import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/**
 * The size in bytes of a file with all that it imports, as a browser loads it: minified and compressed by gzip. Packages
 * in `external` do not count.
 */
export async function bundleSize(file, { external = [] } = {}) {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    external,
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

/** Names each entry over its budget, each entry without a budget, and each budget without an entry. */
export function sizeProblems(sizes, budgets) {
  const tooLarge = Object.entries(sizes)
    .filter(([entry, size]) => !(size <= budgets[entry]))
    .map(([entry, size]) =>
      budgets[entry] === undefined
        ? `${entry} has ${size} bytes and no budget`
        : `${entry} has ${size} bytes, ${size - budgets[entry]} more than its budget of ${budgets[entry]}`,
    );
  const gone = Object.keys(budgets).filter((entry) => !(entry in sizes));
  return [...tooLarge, ...gone.map((entry) => `${entry} has a budget and does not exist`)];
}
