/** How the program ends, for scripts that call it. */
export const EXIT = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  unreachable: 3,
  notConfirmed: 4,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODES_IN_WORDS = `
Exit codes:
  0  done
  1  failed, or nothing was found to do it to
  2  wrong usage
  3  Redis cannot be reached
  4  not done, because it was not confirmed`;

/** Ends the program with a sentence and a code, without a stack. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}
