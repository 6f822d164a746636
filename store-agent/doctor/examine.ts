import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type AgentConfig, parseConfig } from '../config.ts';
import { errorText } from '../log.ts';
import { askAgent } from './agent.ts';
import { lookAtDataFolder } from './data_folder.ts';
import { lookAtDevices } from './devices.ts';
import { lookAtEdge } from './edge.ts';
import type { Finding } from './finding.ts';
import { lookAtPorts } from './ports.ts';
import { lookAtToken } from './token.ts';

/** Everything that the doctor looks at, in the order in which one puts things right. */
export async function examine(configFile: string, now: () => number): Promise<Finding[]> {
  const { findings, config } = await lookAtConfiguration(configFile);
  if (config === null) return findings;
  const token = await lookAtToken(config, now());
  const [edge, folder, running] = await Promise.all([
    lookAtEdge(config, token.text, now),
    lookAtDataFolder(config.data_dir),
    askAgent(config.http),
  ]);
  // A reader speaks to one client: while the agent runs, its word is taken and no device is opened twice.
  const rest = running ?? [
    { part: 'agent' as const, state: 'warning' as const, says: 'is not running.', advice: 'Start it.' },
    ...(await lookAtPorts(config)),
    ...(await lookAtDevices(config, now)),
  ];
  return [...findings, ...token.findings, ...edge, ...folder, ...rest];
}

async function lookAtConfiguration(
  file: string,
): Promise<{ findings: Finding[]; config: AgentConfig | null }> {
  const part = 'configuration' as const;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const advice = 'Name the file with --config; docs/deploy.md shows one.';
    return {
      findings: [{ part, state: 'wrong', says: `cannot be read: ${errorText(error)}.`, advice }],
      config: null,
    };
  }
  const config = parseConfig(text, dirname(file));
  if (config.ok)
    return { findings: [{ part, state: 'ok', says: `${file} is valid.` }], config: config.value };
  const findings = config.error.map((says): Finding => ({ part, state: 'wrong', says }));
  return { findings, config: null };
}
