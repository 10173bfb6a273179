/** All that `authenticate` can learn of a request, in any framework. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type {} from 'express';

/**
 * A request as Node and Express have received it, with the fields that middleware has added, such as `user` of Passport
 * and `session` of express-session. Their types add these fields to `Express.Request`.
 */
export type NodeRequest = IncomingMessage & Express.Request;

export interface Credentials {
  /** Names in lower case */
  headers: IncomingHttpHeaders;
  /** The path with its query, as the client asked for it. In a Web handler the whole address */
  url: string;
  /** The client's `auth` of the live channel. Empty on HTTP */
  auth: Record<string, unknown>;
  /** On Express its own request; on the live channel the request of the handshake. Absent in a Web handler */
  request?: NodeRequest;
  /** In a Web handler its own request. Absent otherwise */
  webRequest?: Request;
  /**
   * The connection was authenticated before, and this is asked again while it lasts. `request` is still that of its
   * handshake, so read from your store what may have changed since. Absent otherwise
   */
  isRecheck?: true;
}
