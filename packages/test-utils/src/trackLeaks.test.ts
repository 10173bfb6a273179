import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { trackLeaks } from './trackLeaks.ts';

test('assertNone names a resource that is still open, and passes after it is closed', async () => {
  const leaks = trackLeaks();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await expect(leaks.assertNone({ timeoutMs: 50 })).rejects.toThrow('1 TCPServerWrap');
  await new Promise((resolve) => server.close(resolve));
  await leaks.assertNone();
});
