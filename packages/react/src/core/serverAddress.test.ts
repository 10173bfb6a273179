import { describe, expect, it } from 'vitest';
import { serverAddress } from './serverAddress.ts';

describe('serverAddress', () => {
  it.for([
    ['', '', '/socket.io', ''],
    ['/', '', '/socket.io', ''],
    ['https://host', 'https://host', '/socket.io', 'https://host'],
    ['https://host:8443/', 'https://host:8443', '/socket.io', 'https://host:8443'],
    ['https://host/admin', 'https://host', '/admin/socket.io', 'https://host/admin'],
    ['https://host/admin/', 'https://host', '/admin/socket.io', 'https://host/admin'],
    ['https://host/a/b?x=1#y', 'https://host', '/a/b/socket.io', 'https://host/a/b'],
    ['wss://host/admin', 'https://host', '/admin/socket.io', 'https://host/admin'],
    ['/admin', '', '/admin/socket.io', '/admin'],
    ['/admin/', '', '/admin/socket.io', '/admin'],
  ] as const)(
    'The url "%s" puts Socket.IO and the routes below its path',
    ([url, origin, socketPath, httpBase]) => {
      expect(serverAddress(url)).toEqual({ origin, socketPath, httpBase });
    },
  );

  it('A given path counts from the origin, whatever the path of the url', () => {
    expect(serverAddress('https://host/admin', '/live')).toEqual({
      origin: 'https://host',
      socketPath: '/live',
      httpBase: 'https://host/admin',
    });
  });

  it.for(['localhost:3000', 'admin', '//host', 'ftp://host'])(
    'The url "%s" is refused with what to write instead',
    (url) => {
      expect(() => serverAddress(url)).toThrow(/Begin it with https:\/\//);
    },
  );
});
