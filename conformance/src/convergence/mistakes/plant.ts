/** Loaded by `--import`: this process and its children run the sources with the mistake that ROWLOCK_MISTAKE names. */
import { registerHooks } from 'node:module';
import { findMistake, plant } from './mistakes.ts';

const mistake = findMistake(process.env.ROWLOCK_MISTAKE ?? '');

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/${mistake.file}`)) return loaded;
    return { ...loaded, source: plant(String(loaded.source), mistake) };
  },
});
