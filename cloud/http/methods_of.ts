import type { App } from './context.ts';

interface Route {
  method: string;
  pattern: RegExp;
}

const known = new WeakMap<App, Route[]>();

/** The methods that a path has, upper-case; none where no route has that path. */
export function methodsOf(app: App, path: string): string[] {
  const routes = known.get(app) ?? routesOf(app);
  known.set(app, routes);
  return [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
}

function routesOf(app: App): Route[] {
  return app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return [];
    const { method, path } = definition.route;
    const pattern = path
      .split(/\{[^}]+\}/)
      .map(literally)
      .join('[^/]+');
    return [{ method: method.toUpperCase(), pattern: new RegExp(`^${pattern}$`) }];
  });
}

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
