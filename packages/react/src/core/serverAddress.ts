/** Where the server is, as the client's `url` and `path` say. Pure. */

export interface ServerAddress {
  /** Empty: the page's own */
  origin: string;
  /** Socket.IO's path at that origin */
  socketPath: string;
  /** Before the path of an HTTP route: `<base>/rowlock/…` */
  httpBase: string;
}

/** A path in `url` is where the application serves its API, so Socket.IO and the HTTP routes are below it. */
export function serverAddress(url: string, path?: string): ServerAddress {
  const isAbsolute = /^(https?|wss?):\/\//i.test(url);
  if (!isAbsolute && !/^(\/(?!\/)|$)/.test(url)) {
    throw new Error(
      `The url "${url}" does not say where the Rowlock server is. Begin it with https:// or http://, or with / for a path at ` +
        "the page's own origin, or leave it out.",
    );
  }
  const { origin: given, pathname } = new URL(url, 'http://page');
  const origin = isAbsolute ? given.replace(/^ws/, 'http') : '';
  const prefix = pathname.replace(/\/+$/, '');
  return { origin, socketPath: path ?? `${prefix}/socket.io`, httpBase: `${origin}${prefix}` };
}
