import type { RecordKey } from '@rowlock/protocol';

/** The rows of the polite users, one for each. */
export const POLITE_RECORDS = Array.from({ length: 10 }, (_, i): RecordKey => `cities/polite-${i}`);
