/** A worker in a process of its own, until its parent is gone or kills it. */
import { createRowlock } from '@rowlock/server';
import { talkToParent } from '@rowlock/test-utils';
import { workTask } from './workTask.ts';

const [redis, namespace] = process.argv.slice(2) as [string, string];
const parent = talkToParent<never, 'ready'>();
const rowlock = createRowlock({ redis, namespace, resources: ['cities'], tasks: [workTask] });
await rowlock.start();
await rowlock.startWorker({ concurrency: 10 });
parent.send('ready');
for await (const _message of parent.messages);
process.exit();
