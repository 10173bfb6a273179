/** Serves the built web app: its files, and its one page for every other address that a browser opens. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router } from 'express';

export function webFiles(dir: string): Router {
  const router = Router();
  const page = join(dir, 'index.html');
  router.use(
    '/assets',
    express.static(join(dir, 'assets'), { immutable: true, maxAge: '1y', fallthrough: true, index: false }),
  );
  router.use(express.static(dir, { index: false, maxAge: 0 }));
  router.get(/^\/(?!api\/|rowlock\/|socket\.io\/|assets\/)/, (req, res, next) => {
    if (!req.accepts('html')) return next();
    if (existsSync(page)) return void res.set('Cache-Control', 'no-cache').sendFile(page);
    res
      .status(503)
      .type('text')
      .send('The web app is not built. Run `vite build` in apps/demo, then reload this page.\n');
  });
  return router;
}
