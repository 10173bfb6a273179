const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 120;

/**
 * Shows a number of steps, which one is running and for how long. On a terminal the running step is one live line;
 * elsewhere every step gets a line at its start and one at its end.
 */
export function createSteps(total, { stream = process.stdout, now = () => performance.now() } = {}) {
  const live = Boolean(stream.isTTY) && process.env.CI === undefined;
  let number = 0;

  return {
    /**
     * Runs one step. `work` gets `say(detail)` for what it is doing at the moment, and may return a few words on how
     * it went. Its errors are thrown on.
     */
    async run(title, work) {
      number += 1;
      const label = `[${number}/${total}] ${title}`;
      const startedAt = now();
      const elapsed = () => formatSeconds(now() - startedAt);
      const line = live ? liveLine(stream, label, elapsed) : plainLines(stream, label);
      try {
        const outcome = await work(line.say);
        line.end('✓', `${label}${outcome ? `: ${outcome}` : ''} (${elapsed()})`);
        return outcome;
      } catch (error) {
        line.end('✗', `${label}: failed after ${elapsed()}`);
        throw error;
      }
    },
  };
}

function liveLine(stream, label, elapsed) {
  let detail = '';
  let frame = 0;
  const draw = () => {
    const text = `${FRAMES[frame++ % FRAMES.length]} ${label} · ${elapsed()}${detail ? ` · ${detail}` : ''}`;
    stream.write(`\r\x1b[2K${text.slice(0, (stream.columns || 80) - 1)}`);
  };
  const timer = setInterval(draw, FRAME_MS);
  timer.unref();
  draw();
  return {
    say: (text) => {
      detail = text.trim();
    },
    end: (mark, text) => {
      clearInterval(timer);
      stream.write(`\r\x1b[2K${mark} ${text}\n`);
    },
  };
}

function plainLines(stream, label) {
  stream.write(`  ${label} …\n`);
  return {
    say: () => {},
    end: (mark, text) => stream.write(`${mark} ${text}\n`),
  };
}

function formatSeconds(ms) {
  const seconds = ms / 1000;
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
