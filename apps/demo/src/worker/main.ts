/** The worker process. */
import { assertLoaded } from '../db/migrations.ts';
import { openDatabase } from '../db/openDatabase.ts';
import { readSettings } from '../settings.ts';
import { failedToStart, untilStopped } from '../untilStopped.ts';
import { startWorker } from './startWorker.ts';

try {
  const settings = readSettings();
  const db = openDatabase(settings);
  await assertLoaded(db);
  const worker = await startWorker({
    db,
    redisUrl: settings.redisUrl,
    dataDir: settings.dataDir,
    paceMs: settings.taskPaceMs,
  });
  untilStopped('worker', async () => {
    await worker.close();
    await db.destroy();
  });
  console.log('worker ready');
} catch (error) {
  failedToStart('worker', error);
}
