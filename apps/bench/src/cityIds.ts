/** Ids like those of cities in GeoNames: seven digits, in ascending order, as a query by id returns them. */
export const cityIds = (count: number, first = 0): string[] =>
  Array.from({ length: count }, (_, i) => String(2_000_000 + first + i));
