import { execFile } from 'node:child_process';
import { err, ok, type Result } from '../../shared/result.ts';
import { reasonOf } from '../health.ts';
import { type GpiodPlace, type GpiodTools, parseChips, parseLines, parseMajor } from './commands.ts';

const TOOL_TIMEOUT_MS = 3_000;
const OUTPUT_BYTES_MAX = 1024 * 1024;

/** A line as an installer names it: the label of the chip, and the line's name or its offset on that chip. */
export interface LineName {
  chip: string;
  line: number | string;
}

export interface FoundLine {
  tools: GpiodTools;
  place: GpiodPlace;
}

/** Looks for the libgpiod tools and the line; the error is a sentence for staff. */
export async function findLine(
  { chip: label, line }: LineName,
  env: NodeJS.ProcessEnv,
): Promise<Result<FoundLine, string>> {
  const version = await run('gpioset', ['--version'], env);
  if (!version.ok) return err(`the libgpiod tools are not here (${version.error})`);
  const major = parseMajor(version.value);
  if (major !== 1 && major !== 2) return err(`libgpiod version ${major ?? '?'} is not known here`);
  const help = major === 2 ? await run('gpioset', ['--help'], env) : ok('');
  const tools: GpiodTools = { major, interactive: help.ok && help.value.includes('--interactive') };

  const detected = await run('gpiodetect', [], env);
  if (!detected.ok) return err(`gpiodetect failed: ${detected.error}`);
  const chips = parseChips(detected.value).filter((one) => one.label === label);
  const [chip] = chips;
  if (chip === undefined) return err(`no GPIO chip is called ${label}`);
  if (chips.length > 1) return err(`${chips.length} GPIO chips are called ${label}`);
  if (typeof line === 'number') {
    if (line >= chip.lines) return err(`${label} has no line ${line}`);
    return ok({ tools, place: { chip: chip.chip, offset: line } });
  }
  const info = await run('gpioinfo', major === 1 ? [chip.chip] : ['--chip', chip.chip], env);
  if (!info.ok) return err(`gpioinfo failed: ${info.error}`);
  const offsets = parseLines(info.value, line);
  const [offset] = offsets;
  if (offset === undefined) return err(`${label} has no line ${line}`);
  if (offsets.length > 1) return err(`${label} has ${offsets.length} lines called ${line}`);
  return ok({ tools, place: { chip: chip.chip, offset } });
}

function run(file: string, args: string[], env: NodeJS.ProcessEnv): Promise<Result<string, string>> {
  return new Promise((resolve) => {
    const options = { env, timeout: TOOL_TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX };
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(ok(stdout));
      else resolve(err(reasonOf(stderr === '' ? error : stderr)));
    });
  });
}
