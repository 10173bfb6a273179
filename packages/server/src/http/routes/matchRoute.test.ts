import { describe, expect, it } from 'vitest';
import { matchRoute } from './matchRoute.ts';
import { ROUTES } from './routes.ts';

const match = (method: string, path: string) => matchRoute(ROUTES, { method, path });

describe('matchRoute', () => {
  it('matchRoute finds a route by method and path, and decodes its parameters', () => {
    expect(match('GET', '/tasks')).toEqual({ id: 'listTasks', params: {} });
    expect(match('POST', '/tasks/a%2Fb%C3%A9/cancel')).toEqual({ id: 'cancelTask', params: { id: 'a/bé' } });
  });

  it('matchRoute takes HEAD as GET, and a slash at the end as none', () => {
    expect(match('HEAD', '/health')?.id).toBe('getHealth');
    expect(match('GET', '/tasks/1/')).toEqual({ id: 'getTask', params: { id: '1' } });
  });

  it('matchRoute finds nothing for another method, a longer path, and an empty parameter', () => {
    expect(match('DELETE', '/tasks')).toBeUndefined();
    expect(match('GET', '/tasks/1/log/2')).toBeUndefined();
    expect(match('GET', '/tasks//log')).toBeUndefined();
    expect(match('GET', '')).toBeUndefined();
  });

  it('matchRoute refuses a parameter that cannot be decoded', () => {
    expect(() => match('GET', '/tasks/%E0%A4%A')).toThrow('not properly percent-encoded');
  });
});

describe('ROUTES', () => {
  it('the routes name each parameter of their path, and no other', () => {
    for (const route of Object.values(ROUTES)) {
      const named = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name);
      expect(Object.keys('params' in route ? route.params : {})).toEqual(named);
    }
  });

  it('the routes have no two routes for one request', () => {
    const addresses = Object.values(ROUTES).map(
      ({ method, path }) => `${method} ${path.replace(/:\w+/g, ':')}`,
    );
    expect(new Set(addresses).size).toBe(addresses.length);
  });
});
