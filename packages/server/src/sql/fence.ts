/** Fences and lease ids as a database holds them: integers of 8 bytes. In this API they are decimal digits. */

const DIGITS = /^(0|[1-9]\d{0,18})$/;
const MAX_BIGINT = 2n ** 63n - 1n;

/** @throws {TypeError} if it is not a value of `LeaseHandle.fence` or a task's `ctx.fence` */
export function assertFence(fence: unknown): asserts fence is string {
  assertDigits(fence, 'a fence', "the `fence` of a lease, or a task's `ctx.fence`");
}

/** @throws {TypeError} if it is not the id of a lease */
export function assertLeaseId(id: unknown): asserts id is string {
  assertDigits(id, "a lease's id", 'the `id` of a lease');
  if (id === '0')
    throw new TypeError("0 is no lease's id, because ids begin at 1. Give the `id` of a lease.");
}

/** The highest of at least one fence. */
export const highestOf = (fences: readonly string[]): string =>
  fences.toSorted((a, b) => (BigInt(a) < BigInt(b) ? 1 : -1))[0]!;

function assertDigits(value: unknown, what: string, wanted: string): asserts value is string {
  if (typeof value === 'string' && DIGITS.test(value) && BigInt(value) <= MAX_BIGINT) return;
  const seen = typeof value === 'string' ? JSON.stringify(value) : `${String(value)} (${typeof value})`;
  throw new TypeError(
    `${seen.slice(0, 80)} is not ${what}, so nothing was written. It is a string of decimal digits, at most 2^63 - 1: give ${wanted} as it is.`,
  );
}
