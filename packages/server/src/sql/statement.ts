/** Writing a statement once for all dialects: named parameters become placeholders, and names are quoted. */
import type { SqlDialect, SqlParameter, SqlStatement } from './connection.ts';

/** The differences between the dialects. */
export const GRAMMAR = {
  postgresql: { quote: '"', text: 'text', greatest: 'greatest', sharedLock: ' for share' },
  // A transaction that writes has the whole database for itself.
  sqlite: { quote: '"', text: 'text', greatest: 'max', sharedLock: '' },
  // The old spelling, which MariaDB knows as well. A plain read may be of an old snapshot.
  mysql: { quote: '`', text: 'char', greatest: 'greatest', sharedLock: ' lock in share mode' },
} as const satisfies Record<
  SqlDialect,
  { quote: string; text: string; greatest: string; sharedLock: string }
>;

/** `tenant.cities` as `"tenant"."cities"`: each part on its own, since a name is never taken as SQL. */
export function quoted(dialect: SqlDialect, name: string): string {
  const { quote } = GRAMMAR[dialect];
  return name
    .split('.')
    .map((part) => quote + part.replaceAll(quote, quote + quote) + quote)
    .join('.');
}

const NAMED = /:([a-z]\w*)/gi;

/** `:name` becomes the value's placeholder, and a list of values as many placeholders, separated by commas. */
export function statement(
  dialect: SqlDialect,
  template: string,
  values: Readonly<Record<string, SqlParameter | readonly SqlParameter[]>>,
): SqlStatement {
  const parameters: SqlParameter[] = [];
  const places = new Map<string, string>();
  const placesOf = (name: string): string => {
    const value = values[name];
    if (value === undefined)
      throw new Error(`The statement needs :${name}, which has no value. Add it to the values.`);
    const all: readonly SqlParameter[] = typeof value === 'object' && value !== null ? value : [value];
    return all.map((one) => (dialect === 'postgresql' ? `$${parameters.push(one)}` : put(one))).join(', ');
  };
  const put = (value: SqlParameter): string => {
    parameters.push(value);
    return '?';
  };
  const sql = template.replaceAll(NAMED, (_, name: string) => {
    if (dialect !== 'postgresql') return placesOf(name);
    const known = places.get(name) ?? placesOf(name);
    places.set(name, known);
    return known;
  });
  return { sql, parameters };
}
