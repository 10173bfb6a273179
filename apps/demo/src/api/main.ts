/** The api process. */
import { fileURLToPath } from 'node:url';
import { assertLoaded, migrate } from '../db/migrations.ts';
import { openDatabase } from '../db/openDatabase.ts';
import { readSettings } from '../settings.ts';
import { failedToStart, untilStopped } from '../untilStopped.ts';
import { sessionSecret } from './sessionToken.ts';
import { startApi } from './startApi.ts';

try {
  const settings = readSettings();
  const db = openDatabase(settings);
  await assertLoaded(db);
  // A database of an older version lacks newer tables.
  await migrate(db);
  const api = await startApi({
    db,
    redisUrl: settings.redisUrl,
    idleWarnMs: settings.idleWarnMs,
    idleReleaseMs: settings.idleReleaseMs,
    host: settings.host,
    port: settings.port,
    secret: sessionSecret(settings),
    dataDir: settings.dataDir,
    webDir: fileURLToPath(new URL('../../dist/web/', import.meta.url)),
  });
  untilStopped('api', async () => {
    await api.close();
    await db.destroy();
  });
  console.log(`api ready http://localhost:${api.port}`);
} catch (error) {
  failedToStart('api', error);
}
