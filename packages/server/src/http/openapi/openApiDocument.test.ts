import { describe, expect, it } from 'vitest';
import { matchRoute } from '../routes/matchRoute.ts';
import { ROUTES } from '../routes/routes.ts';
import { openApiDocument } from './openApiDocument.ts';

const operations = Object.entries(openApiDocument().paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

describe('openApiDocument', () => {
  it('the document has every route, under the address at which it is served', () => {
    expect(operations.map(({ operation }) => operation.operationId)).toEqual(Object.keys(ROUTES));
    for (const { path, method, operation } of operations) {
      const request = { method: method.toUpperCase(), path: path.replaceAll(/[{}]/g, '') };
      expect(matchRoute(ROUTES, request)?.id).toBe(operation.operationId);
    }
  });

  it('the document has no reference that leads nowhere, and no schema that nothing refers to', () => {
    const document = openApiDocument();
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
    const referred = new Set(refs.map(([, kind, name]) => `${kind}/${name}`));
    const present = [
      ...Object.keys(document.components.schemas).map((name) => `schemas/${name}`),
      ...Object.keys(document.components.headers).map((name) => `headers/${name}`),
    ];
    expect([...referred].toSorted()).toEqual(present.toSorted());
  });

  it('the document lets answers grow, and refuses unknown fields of bodies', () => {
    const { schemas } = openApiDocument().components;
    expect(schemas.TaskView).not.toHaveProperty('additionalProperties');
    expect(schemas.View).toMatchObject({
      properties: { records: { additionalProperties: { type: 'array' } } },
    });
    expect(schemas.ReleaseBeacon).toMatchObject({ additionalProperties: false });
  });

  it('the document leaves security to the application, which may name its schemes', () => {
    expect(openApiDocument()).not.toHaveProperty('security');
    const cookie = { type: 'apiKey', in: 'cookie', name: 'session' };
    const document = openApiDocument({ basePath: '/api/locks', securitySchemes: { cookie } });
    expect(document).toMatchObject({
      servers: [{ url: '/api/locks' }],
      security: [{ cookie: [] }],
      components: { securitySchemes: { cookie } },
    });
    expect(document.paths['/health']?.get).toMatchObject({ security: [] });
  });
});
