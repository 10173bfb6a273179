/** The folders in `packages` that are published, in the order in which they build. */
export const publishedPackages = ['protocol', 'server', 'react'];
