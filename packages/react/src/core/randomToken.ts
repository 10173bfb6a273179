/** 144 random bits in 36 URL-safe characters. Unlike `crypto.randomUUID`, it also works on pages without HTTPS. */
export function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
