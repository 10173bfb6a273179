/** The address of the server, made of the client's `url` and `path`. Pure. */

export interface ServerAddress {
  /** Empty for the page's own origin */
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
      `The url "${url}" is no address of a Rowlock server. Begin it with https:// or http://, or with / for a path at ` +
        "the page's own origin, or leave it out.",
    );
  }
  const { origin: given, pathname } = new URL(url, 'http://page');
  const origin = isAbsolute ? given.replace(/^ws/, 'http') : '';
  const prefix = pathname.replace(/\/+$/, '');
  return { origin, socketPath: path ?? `${prefix}/socket.io`, httpBase: `${origin}${prefix}` };
}
