/** What api and worker must agree on. */
export const NAMESPACE = 'gazetteer';
export const RESOURCES = ['countries', 'regions', 'cities'];
