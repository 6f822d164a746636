/** The address under which a listener on `host` is reached from this machine, as it stands in a URL. */
export const reachable = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
