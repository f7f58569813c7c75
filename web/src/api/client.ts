import createFetch from "openapi-fetch";
import createQueries from "openapi-react-query";
import type { paths } from "./schema";

/** The only way to the hub: typed by its own OpenAPI document. */
export const api = createFetch<paths>({
  baseUrl: window.location.origin,
  fetch: (request) => globalThis.fetch(request), // looked up at each call: a test answers in the hub's place
});

/** The same as queries; a query's key is [method, path, parameters]. */
export const hub = createQueries(api);
