/** The libgpiod tools on this machine. Both generations are in use and have different command lines. */
export interface GpiodTools {
  major: 1 | 2;
  /** Whether `gpioset` takes further levels on its input, which some builds of version 2 leave out. */
  interactive: boolean;
}

/** One line by the kernel's name of its chip today; found anew by the label at every start. */
export interface GpiodPlace {
  chip: string;
  offset: number;
}

export interface Command {
  file: string;
  args: string[];
}

const CONSUMER = 'sesame';

/** Drives the line for as long as the process lives. */
export function holdCommand(tools: GpiodTools, place: GpiodPlace, on: boolean, activeLow: boolean): Command {
  const level = `${place.offset}=${on ? 1 : 0}`;
  const sense = activeLow ? ['--active-low'] : [];
  if (tools.major === 1) return { file: 'gpioset', args: ['--mode=signal', ...sense, place.chip, level] };
  const interactive = tools.interactive ? ['--interactive'] : [];
  const args = ['--consumer', CONSUMER, '--chip', place.chip, ...sense, ...interactive, level];
  return { file: 'gpioset', args };
}

/** Sets the line and ends. What the line does afterwards is the chip's affair; most keep the level. */
export function onceCommand(tools: GpiodTools, place: GpiodPlace, on: boolean, activeLow: boolean): Command {
  const level = `${place.offset}=${on ? 1 : 0}`;
  const sense = activeLow ? ['--active-low'] : [];
  if (tools.major === 1) return { file: 'gpioset', args: ['--mode=exit', ...sense, place.chip, level] };
  // A toggle after no time at all is how version 2 says "set and end".
  const args = ['--consumer', CONSUMER, '--chip', place.chip, ...sense, '--toggle', '0', level];
  return { file: 'gpioset', args };
}

/** Prints one line for each edge: the offset and the kind of edge. */
export function watchCommand(tools: GpiodTools, place: GpiodPlace, activeLow: boolean): Command {
  const sense = activeLow ? ['--active-low'] : [];
  const format = '--format=%o %e';
  if (tools.major === 1) {
    const args = ['--line-buffered', format, ...sense, place.chip, String(place.offset)];
    return { file: 'gpiomon', args };
  }
  const args = ['--consumer', CONSUMER, '--chip', place.chip, ...sense, format, String(place.offset)];
  return { file: 'gpiomon', args };
}

/** A line of `gpiomon` → the new level, or null for anything else. A falling edge is 0, or 2 in version 2. */
export function parseEdge(tools: GpiodTools, place: GpiodPlace, line: string): boolean | null {
  const [, offset, kind] = /^\s*(\d+) ([012])\s*$/.exec(line) ?? [];
  if (offset === undefined || Number(offset) !== place.offset) return null;
  if (kind === '1') return true;
  return kind === (tools.major === 1 ? '0' : '2') ? false : null;
}

/** "gpiochip0 [pinctrl-bcm2711] (58 lines)", in both versions. */
export function parseChips(text: string): { chip: string; label: string; lines: number }[] {
  return [...text.matchAll(/^(\S+) \[(.*)\] \((\d+) lines?\)\s*$/gm)].map(([, chip, label, lines]) => ({
    chip: chip ?? '',
    label: label ?? '',
    lines: Number(lines),
  }));
}

/** The offsets of the lines of this name in the text of `gpioinfo` for one chip. */
export function parseLines(text: string, name: string): number[] {
  return [...text.matchAll(/^\s*line\s+(\d+):\s+(?:"([^"]*)"|(\S+))/gm)]
    .filter(([, , quoted, bare]) => (quoted ?? bare) === name)
    .map(([, offset]) => Number(offset));
}

export function parseMajor(text: string): number | null {
  const [, major] = /\(libgpiod\) v(\d+)\./.exec(text) ?? [];
  return major === undefined ? null : Number(major);
}
