export type { SqlConnection, SqlDialect, SqlParameter, SqlRow, SqlStatement } from './connection.ts';
export { type FencedOffBy, FencedOffError } from './fencedOffError.ts';
export {
  assertNotOvertaken,
  type FencedRowsOf,
  fencedDelete,
  fencedUpdate,
  sealRows,
  withSealedRows,
} from './fencedRows.ts';
export { type LeaseStatements, leaseStatements, type Revocation } from './leaseStatements.ts';
export {
  assertLease,
  type CleanUpOptions,
  cleanUpLeases,
  createLeaseTable,
  LeaseInUseError,
  type LeaseTableOptions,
  type RevokeOptions,
  revokeLease,
} from './leaseTable.ts';
export type { FencedLease } from './leaseVerdict.ts';
export { fenceColumnDdl, type RowStatements, rowStatements } from './rowStatements.ts';
export type { FencedRows, RowId } from './rows.ts';
