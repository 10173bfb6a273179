/** Prepares the schema and the data of the database. Fast if both exist already. */
import { openDatabase } from '../db/openDatabase.ts';
import { readSettings } from '../settings.ts';
import { loadGazetteer } from './loadGazetteer.ts';
import { readSources } from './readSources.ts';

const startedAt = performance.now();
const settings = readSettings();
const db = openDatabase(settings);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    console.error('import stopped. Nothing was saved. Run it again.');
    process.exit(130);
  });
}
try {
  const outcome = await loadGazetteer(db, { readSources, report: (line) => console.log(`import: ${line}`) });
  console.log(`import: ${outcome} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
} finally {
  await db.destroy();
}
