import { describe, expect, it } from 'vitest';
import { type ConnectError, connectFailure, getRefusal, pollingOnly } from './connectFailure.ts';

const address = 'https://api.example.com/socket.io';
const failed = (message: string, facts: { description?: number; code?: string } = {}): ConnectError =>
  Object.assign(new Error(message), facts);
const explain = (error: ConnectError, pageOrigin?: string) =>
  connectFailure(error, address, pageOrigin).message;

describe('the reason why no connection was made', () => {
  it.for([
    ['a wrong path', failed('xhr poll error', { description: 404 }), 'Check `url` and `path`'],
    ['a page at the path', failed('parse error', { code: 'parser error' }), 'is no Socket.IO server'],
    [
      'a missing sign-in at a proxy',
      failed('xhr poll error', { description: 401 }),
      'does not allow this page',
    ],
    ['a foreign origin', failed('xhr poll error', { description: 403 }), 'Check which origins it allows'],
    ['several servers', failed('xhr poll error', { description: 400 }), 'sticky sessions'],
    ['a server that starts', failed('xhr poll error', { description: 503 }), 'may be starting'],
    ['a server that hangs', failed('timeout'), 'did not answer in time'],
    ['no server', failed('websocket error', { description: 0 }), 'Check that the server runs'],
  ] as const)('%s is explained', ([, error, text]) => {
    expect(explain(error)).toContain(text);
  });

  it('The reason names the allowed origins for a page of another origin, since its browser hides the answer', () => {
    const error = failed('xhr poll error', { description: 0 });
    expect(explain(error, 'https://admin.example.com')).toContain(
      'add "https://admin.example.com" to `allowedOrigins`',
    );
    expect(explain(error, 'https://api.example.com')).not.toContain('allowedOrigins');
  });

  it('A Socket.IO server without Rowlock is named', () => {
    expect(getRefusal(new Error('Invalid namespace')).message).toContain('rowlock.attach(io)');
  });

  it('Polling without a WebSocket names the lines that the proxy needs', () => {
    expect(pollingOnly(address)).toMatch(/proxy_set_header Upgrade \$http_upgrade.*ws: true/);
  });
});
