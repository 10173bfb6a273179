import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** The headers that keep pages from loading or embedding anything foreign. */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // The demo uses HTTP on localhost, so it must not require HTTPS.
    strictTransportSecurity: false,
  });
}
