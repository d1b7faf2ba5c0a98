// Which routes this build's server has, by the API description it was built with: what it lacks is not offered.
declare const BELLWETHER_ROUTES: readonly string[];

export const has = (route: string) => BELLWETHER_ROUTES.includes(`/api/v1${route}`);
