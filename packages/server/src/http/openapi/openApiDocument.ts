/** The OpenAPI 3.1 document of the routes, made from their declarations and schemas. */
import { PROTOCOL_VERSION } from '@rowlock/protocol';
import { ROUTES } from '../routes/routes.ts';
import { type JsonSchema, jsonSchemasOf } from './jsonSchemas.ts';
import { HEADERS, operationOf } from './operation.ts';

export interface OpenApiOptions {
  /** The path at which the routes are mounted. Default `/rowlock` */
  basePath?: `/${string}`;
  /**
   * How your `authenticate` recognises users: security schemes of OpenAPI by name, any of which is enough. Default: the
   * document does not say
   */
  securitySchemes?: Readonly<Record<string, object>>;
}

export interface OpenApiDocument {
  openapi: '3.1.1';
  info: JsonSchema;
  servers: readonly { url: string }[];
  tags: readonly { name: string; description: string }[];
  security?: readonly JsonSchema[];
  /** By path, then by method */
  paths: Record<string, Record<string, JsonSchema>>;
  components: {
    headers: Readonly<Record<string, object>>;
    schemas: Record<string, JsonSchema>;
    securitySchemes?: Readonly<Record<string, object>>;
  };
}

const TAGS = [
  { name: 'sessions', description: 'Sessions of browser tabs' },
  { name: 'leases', description: 'Leases of browser tabs' },
  { name: 'locks', description: 'Holders of records' },
  { name: 'tasks', description: 'Background work' },
  { name: 'health', description: 'The state of the server' },
];

const DESCRIPTION =
  'The routes of Rowlock beside its live channel. PROTOCOL.md describes both. The application authenticates each request, by ' +
  'cookies or headers of its own. A request of a browser page of a foreign origin that changes something is refused.';

export function openApiDocument({
  basePath = '/rowlock',
  securitySchemes,
}: OpenApiOptions = {}): OpenApiDocument {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Rowlock',
      version: `${PROTOCOL_VERSION}.0.0`,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: basePath }],
    tags: TAGS,
    ...(securitySchemes && { security: Object.keys(securitySchemes).map((name) => ({ [name]: [] })) }),
    paths: paths(),
    components: {
      headers: HEADERS,
      schemas: { ...jsonSchemasOf({}, 'output').named, ...bodies() },
      ...(securitySchemes && { securitySchemes }),
    },
  };
}

function paths(): OpenApiDocument['paths'] {
  const found: OpenApiDocument['paths'] = {};
  for (const [id, route] of Object.entries(ROUTES)) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    found[path] = { ...found[path], [route.method.toLowerCase()]: operationOf(id, route) };
  }
  return found;
}

/** Bodies of requests, which are as a client may send them. */
function bodies(): Record<string, JsonSchema> {
  const { named } = jsonSchemasOf({}, 'input');
  const names = [
    'AcquireBody',
    'ExtendBody',
    'LaunchBody',
    'LeaseSecret',
    'PreviewBody',
    'ReleaseBody',
    'RenewBody',
    'TakeOverBody',
    'ReleaseBeacon',
    'RetryBody',
  ];
  return Object.fromEntries(names.map((name) => [name, named[name]!]));
}
