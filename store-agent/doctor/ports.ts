import { createServer } from 'node:net';
import type { AgentConfig } from '../config.ts';
import { errorText } from '../log.ts';
import type { Finding } from './finding.ts';

/** Whether the addresses that the agent would listen on can be had. */
export async function lookAtPorts(config: Pick<AgentConfig, 'http' | 'mqtt'>): Promise<Finding[]> {
  return Promise.all(
    (['http', 'mqtt'] as const).map(async (name): Promise<Finding> => {
      const { host, port } = config[name];
      const failure = await listenOnce(host, port);
      const part = 'port' as const;
      if (failure === null) return { part, name, state: 'ok', says: `${host}:${port} can be had.` };
      const advice = 'Stop what listens there, or give the agent another port.';
      return { part, name, state: 'wrong', says: `${host}:${port} cannot be had: ${failure}.`, advice };
    }),
  );
}

function listenOnce(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(errorText(error)));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}
