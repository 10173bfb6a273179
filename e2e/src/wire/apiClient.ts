/** The demo's HTTP API for programs. */
export interface City {
  id: number;
  name: string;
  normalisedName: string | null;
  regionId: string | null;
  countryId: string;
  population: number;
  populationShare: number | null;
  lat: number;
  lon: number;
  notes: string;
  updatedBy: string | null;
}

export interface Answer<Body = unknown> {
  status: number;
  contentType: string;
  body: Body;
}

export interface ApiClient {
  url: string;
  token: string;
  send<Body>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>>;
  city(id: number): Promise<City>;
  /** Changes some fields of the city. */
  putCity<Body>(id: number, change: Partial<City>, headers?: Record<string, string>): Promise<Answer<Body>>;
}

export async function signIn(url: string, userId: string): Promise<ApiClient> {
  const { body } = await send<{ token: string }>(url, 'POST', '/api/session', { userId });
  return apiClient(url, body.token);
}

function apiClient(url: string, token: string): ApiClient {
  const client: ApiClient = {
    url,
    token,
    send: (method, path, body, headers) =>
      send(url, method, path, body, { authorization: `Bearer ${token}`, ...headers }),
    city: async (id) => (await client.send<City>('GET', `/api/cities/${id}`)).body,
    async putCity(id, change, headers) {
      const { name, regionId, population, lat, lon, notes } = await client.city(id);
      const edit = { name, regionId, population, lat, lon, notes, ...change };
      return client.send('PUT', `/api/cities/${id}`, edit, headers);
    },
  };
  return client;
}

/** Sends a request. A text body is sent unchanged, any other body as JSON. */
export async function send<Body>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<Body>> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const contentType = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    contentType,
    body: (contentType.includes('json') ? JSON.parse(text) : text) as Body,
  };
}
