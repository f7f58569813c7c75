import createFetch from "openapi-fetch";
import createQueries from "openapi-react-query";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** The only way to the hub: typed by its own OpenAPI document. */
export const api = createFetch<paths>({ baseUrl: "/" });

/** The same as queries; a query's key is [method, path, parameters]. */
export const hub = createQueries(api);
