/** `pnpm soak live`: runs of random faults, one after the other, until the time is over or a view does not converge. */
import { createPlan } from './plan.ts';
import { type RunResult, runPlan } from './run.ts';
import { readSettings, type Settings, USAGE, UsageError } from './settings.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

async function soakLive({ minutes, seed, rounds, ...size }: Settings): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say(`${signal}: this round ends after its present fault. Send the signal again to stop at once.`);
      stop.abort();
      process.once(signal, () => process.exit(130));
    });
  }
  const endsAtMs = performance.now() + minutes * 60_000;
  let works = 0;
  let done = 0;
  while (done < rounds && !stop.signal.aborted && (done === 0 || performance.now() < endsAtMs)) {
    const plan = createPlan(seed + done, size);
    say(`round ${done + 1}: seed ${plan.seed}, appendonly ${plan.appendonly}`);
    const result = await runPlan(plan, { stop: stop.signal, say });
    done += 1;
    works += result.works;
    if (result.violations.length > 0) {
      process.stdout.write(`${inWords(plan.seed, result, size)}\n`);
      return 1;
    }
  }
  process.stdout.write(`All views converged: ${done} rounds from seed ${seed}, ${works} pieces of work.\n`);
  return 0;
}

const inWords = (
  seed: number,
  { violations, steps }: RunResult,
  { tabs, episodes }: { tabs: number; episodes: number },
): string =>
  [
    ...violations.map(({ episode, message }) => `Violation in episode ${episode}: ${message}`),
    `The steps of that episode:\n${steps}`,
    `Repeat: pnpm soak live --seed ${seed} --tabs ${tabs} --episodes ${episodes} --rounds 1`,
  ].join('\n');

try {
  const settings = readSettings(process.argv.slice(3));
  if (settings) process.exitCode = await soakLive(settings);
  else process.stdout.write(`${USAGE}\n`);
} catch (error) {
  say(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : String((error as Error).stack));
  process.exitCode = 2;
}
process.exit();
