/** How much of Redis's memory the audit trail may use for the records of ended leases. */
export interface AuditMemory {
  /**
   * In bytes, approximately; the oldest records go first. The value belongs to the namespace, until a process gives another.
   * Default 8 MiB: 30,000 leases on one record, or 250,000 records of large leases
   */
  maxBytes?: number;
}

/** The limit for the sweeper's script; '' keeps the last given one. @throws {TypeError} */
export function toAuditBytes({ maxBytes }: AuditMemory = {}): number | '' {
  if (maxBytes === undefined) return '';
  if (Number.isSafeInteger(maxBytes) && maxBytes >= 0) return maxBytes;
  throw new TypeError(`audit.maxBytes is ${maxBytes}. Give a whole number of bytes, at least 0.`);
}
