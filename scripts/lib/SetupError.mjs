/** Something that the machine lacks: what, why it was not to be had, and the ways to get it. */
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
