import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../shared/result.ts';

/** What the agent's command line asks for. */
export type Command =
  | { do: 'run'; config: string }
  | { do: 'doctor'; config: string; json: boolean }
  | { do: 'enrol'; config: string; code: string; cloud: string | null };

export const USAGE = `usage:
  npm run agent -- --config FILE                            run the store agent
  npm run agent -- doctor --config FILE [--json]            say what is connected, what is wrong, what to do
  npm run agent -- enrol --config FILE --code CODE [--cloud URL]
                                                            fetch this agent's token with its one-time code`;

/** Reads the arguments behind the program's name. The error is a sentence. */
export function parseCommandLine(args: readonly string[]): Result<Command, string> {
  let parsed: ReturnType<typeof read>;
  try {
    parsed = read(args);
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  const [verb = 'run', ...more] = positionals;
  if (more.length > 0) return err(`'${more[0]}' is one word too many`);
  const { config, code, cloud, json = false } = values;
  if (config === undefined) return err('--config FILE is missing');
  if (verb !== 'enrol' && (code !== undefined || cloud !== undefined))
    return err('--code and --cloud go with enrol');
  if (verb !== 'doctor' && json) return err('--json goes with doctor');
  if (verb === 'run') return ok({ do: 'run', config });
  if (verb === 'doctor') return ok({ do: 'doctor', config, json });
  if (verb !== 'enrol') return err(`'${verb}' is none of run, doctor, enrol`);
  if (code === undefined) return err('--code CODE is missing');
  return ok({ do: 'enrol', config, code, cloud: cloud ?? null });
}

const read = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: {
      config: { type: 'string' },
      code: { type: 'string' },
      cloud: { type: 'string' },
      json: { type: 'boolean' },
    },
    strict: true,
    allowPositionals: true,
  });
