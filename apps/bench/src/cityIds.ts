/** Ids like those of cities in GeoNames: seven digits, in ascending order, as a query by id returns them. */
export const cityIds = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => String(2_000_000 + i));
