/**
 * The interface to a database without Kysely: one function that runs a statement. It is one connection. Statements of
 * a transaction must run on the connection of that transaction.
 */
export type SqlDialect = 'postgresql' | 'sqlite' | 'mysql';

export type SqlParameter = string | number | bigint | null;

export type SqlRow = Readonly<Record<string, unknown>>;

/** A statement and its parameters in the order of its placeholders: `$1, $2, …` in PostgreSQL, else `?`. */
export interface SqlStatement {
  readonly sql: string;
  readonly parameters: readonly SqlParameter[];
}

export interface SqlConnection {
  readonly dialect: SqlDialect;
  /** Runs one statement, and resolves to its rows, or to an empty list. */
  run(sql: string, parameters: readonly SqlParameter[]): Promise<readonly SqlRow[]>;
}

export const runStatement = (connection: SqlConnection, { sql, parameters }: SqlStatement) =>
  connection.run(sql, parameters);
