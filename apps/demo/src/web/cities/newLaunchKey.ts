/** 128 random bits. Unlike `crypto.randomUUID`, this also works without HTTPS, if DEMO_HOST shows the demo to others. */
export function newLaunchKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
