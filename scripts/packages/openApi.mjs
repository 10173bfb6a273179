import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The OpenAPI document of a built package, as a report of its API: `[{ file, text }]`. Empty if it serves no routes. */
export async function openApiReports(folder) {
  const entry = join(folder, 'dist/index.js');
  const { openApiDocument } = existsSync(entry) ? await import(pathToFileURL(entry).href) : {};
  if (!openApiDocument) return [];
  const text = `${JSON.stringify(openApiDocument(), null, 2)}\n`;
  return [{ file: join(folder, 'api', 'openapi.json'), text }];
}
