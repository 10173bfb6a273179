/** Ids as cities have them in GeoNames: seven digits, in order, as a query by id gives them. */
export const cityIds = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => String(2_000_000 + i));
