import type { TypedResponse } from 'hono';

/** A response made by hand, which the route's own description of its JSON does not speak of. */
export type FitsAnyRoute = Response & TypedResponse<never, never, never>;

/** Refusals and replays are the same for every route: typed so that each route's handler may return them. */
export function fitsAnyRoute(response: Response): FitsAnyRoute;
export function fitsAnyRoute(response: Response): Response {
  return response;
}
