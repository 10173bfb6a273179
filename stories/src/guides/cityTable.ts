/** The database of a guide: cities with versions, saved as a guarded route would save them. */
import { recordKey } from '@rowlock/protocol';
import type { MemoryServer } from '@rowlock/react/testing';

export interface City {
  id: number;
  name: string;
  notes: string;
}

export interface CityTable {
  load(): { city: City; version: number };
  /** Saves as the user of that name, and reports the change. */
  save(city: City, actor: { id: string; name: string }): Response;
  subscribe(listener: () => void): () => void;
}

export function createCityTable(server: MemoryServer): CityTable {
  let row = { city: { id: 0, name: 'Paris', notes: 'The capital of France' }, version: server.version };
  const listeners = new Set<() => void>();
  return {
    load: () => row,
    save(city, actor) {
      const version = server.change([recordKey('cities', city.id)], { actor });
      row = { city, version };
      for (const listener of [...listeners]) listener();
      return new Response(JSON.stringify(city), { headers: { 'Rowlock-Version': `${version}` } });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
