/** How long a person's lease outlives the process that renews it, in ms. */
export const SESSION_TTL_MS = 15_000;
