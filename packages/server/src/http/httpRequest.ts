/** A request as guard and routes read it, whatever framework received it. An adapter makes it. */
import type { IncomingHttpHeaders } from 'node:http';

export interface HttpRequest {
  method: string;
  /** Below the place where the routes are mounted, without the query */
  path: string;
  /** Names in lower case */
  headers: IncomingHttpHeaders;
  /** Whether the connection to this process is encrypted */
  isEncrypted: boolean;
}
