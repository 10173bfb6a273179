import type { Kysely } from 'kysely';
import { expectTypeOf, test } from 'vitest';
import type { Tables } from '../../test/fixtures/sql/testDatabase.ts';
import { type FencedRowsOf, fencedUpdate, type sealRows } from './fencedRows.ts';

test('the tables, columns and values of a fenced update are those that the Kysely knows', () => {
  type Cities = FencedRowsOf<Tables, 'cities'>;
  expectTypeOf<Cities['table']>().toEqualTypeOf<'cities'>();
  expectTypeOf<Cities['fenceColumn']>().toEqualTypeOf<'id' | 'population' | 'notes' | 'fence' | undefined>();
  type Update = Parameters<typeof fencedUpdate<Tables, 'cities'>>[1]['set'];
  expectTypeOf<{ population: number }>().toExtend<Update>();
  expectTypeOf<{ population: string }>().not.toExtend<Update>();
});

test('a seal takes no Kysely that is not a transaction', () => {
  type On = Parameters<typeof sealRows<Tables, 'cities'>>[0];
  expectTypeOf<Kysely<Tables>>().not.toExtend<On>();
  expectTypeOf(fencedUpdate<Tables, 'cities'>).returns.resolves.toBeNumber();
});
