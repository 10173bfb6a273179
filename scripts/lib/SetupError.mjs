/** The machine lacks something. The message says what, why it could not be installed, and how to get it. */
export class SetupError extends Error {
  constructor(what, { ways = [], details = '' } = {}) {
    super(what);
    this.name = 'SetupError';
    this.ways = ways;
    this.details = details;
  }

  /** The whole message, as it is shown. */
  get text() {
    const details = this.details.trim();
    return [
      this.message,
      ...(details === '' ? [] : [details.replace(/^/gm, '  │ ')]),
      ...(this.ways.length === 0 ? [] : ['What you can do:', ...this.ways.map((way) => `  • ${way}`)]),
    ].join('\n');
  }
}
