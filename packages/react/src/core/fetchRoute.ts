/** Makes HTTP requests to Rowlock's routes, as `fetch` of the page does. */
export type FetchRoute = (url: string, init?: RequestInit) => Promise<Response>;
