/** The program's output: results on stdout, everything else on stderr. */
import { createInterface } from 'node:readline/promises';

export interface Terminal {
  /** A line of the result */
  print(line: string): void;
  /** A line for people, beside the result */
  say(line: string): void;
  /** The progress: one line that is overwritten on a terminal, else a line for each change */
  progress(line: string): void;
  /** Asks for a confirmation. Undefined if there is no terminal to ask at. */
  confirm(question: string): Promise<boolean | undefined>;
}

const CLEAR_LINE = '\r\u001b[K';

export function openTerminal({ stdin, stdout, stderr }: NodeJS.Process = process): Terminal {
  let shown = '';
  const clear = () => {
    if (shown && stderr.isTTY) stderr.write(CLEAR_LINE);
    shown = '';
  };
  // A reader may stop early (`rowlock locks | head`). That is not a failure of this program.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    print(line) {
      clear();
      stdout.write(`${line}\n`);
    },
    say(line) {
      clear();
      stderr.write(`${line}\n`);
    },
    progress(line) {
      if (line === shown) return;
      if (stderr.isTTY) stderr.write(`${CLEAR_LINE}${line}`);
      else stderr.write(`${line}\n`);
      shown = line;
    },
    async confirm(question) {
      if (!stdin.isTTY || !stderr.isTTY) return undefined;
      clear();
      const asking = createInterface({ input: stdin, output: stderr });
      // The end of the input (Ctrl-D) is not a confirmation.
      const closed = new Promise<string>((resolve) => asking.once('close', () => resolve('')));
      const answer = await Promise.race([asking.question(`${question} [y/N] `), closed]);
      asking.close();
      return /^y(es)?$/i.test(answer.trim());
    },
  };
}
