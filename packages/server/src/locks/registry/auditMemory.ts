/** How much of Redis's memory the audit trail may take for the records of leases that have ended. */
export interface AuditMemory {
  /**
   * In bytes, about; the oldest goes first. It is the namespace's, until a process gives another. Default 8 MiB, which
   * is 30,000 leases on one record or 250,000 records of large ones
   */
  maxBytes?: number;
}

/** As the sweeper's script takes it: '' leaves what was given before. @throws {TypeError} */
export function auditBytesOf({ maxBytes }: AuditMemory = {}): number | '' {
  if (maxBytes === undefined) return '';
  if (Number.isSafeInteger(maxBytes) && maxBytes >= 0) return maxBytes;
  throw new TypeError(`audit.maxBytes is ${maxBytes}. Give a whole number of bytes, at least 0.`);
}
