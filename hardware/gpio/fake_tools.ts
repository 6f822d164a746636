import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Programs that speak the command lines of the libgpiod tools, for machines without a GPIO chip. One line is
// real: 17, called RELAY1, on the chip labelled pinctrl-test. It has one holder at a time, like the kernel's.

const HOLD = `
hold() {
  mkdir "$FAKE/busy" 2>/dev/null || { echo "gpioset: error setting the GPIO line values: Device or resource busy" >&2; exit 1; }
  echo "$1" >> "$FAKE/log"
}
release() { rmdir "$FAKE/busy" 2>/dev/null; exit "$1"; }
trap 'release 0' TERM INT
stay() {
  while :; do
    [ -e "$FAKE/die" ] && { rm -f "$FAKE/die"; echo "gpioset: the chip is gone" >&2; release 1; }
    sleep 0.02
  done
}
check() { [ "$1" = gpiochip3 ] || { echo "unable to open chip '$1'" >&2; exit 1; }; }
`;

const SET_1 = `#!/bin/sh
${HOLD}
[ "$1" = --version ] && { echo 'gpioset (libgpiod) v1.6.3'; exit 0; }
mode=exit low=
while [ $# -gt 2 ]; do
  case $1 in --mode=*) mode=\${1#--mode=} ;; --active-low) low=' low' ;; *) echo "bad option $1" >&2; exit 1 ;; esac
  shift
done
check "$1"
hold "$mode $2$low"
[ "$mode" = signal ] && stay
release 0
`;

/** Like the real one it does not end when its input does. */
const SET_2 = `#!/bin/sh
${HOLD}
[ "$1" = --version ] && { echo 'gpioset (libgpiod) v2.1.3'; exit 0; }
[ "$1" = --help ] && { echo "$HELP"; exit 0; }
mode=hold low= chip=
while [ $# -gt 1 ]; do
  case $1 in
    --consumer) shift ;;
    --chip) chip=$2; shift ;;
    --active-low) low=' low' ;;
    --interactive) mode=interactive ;;
    --toggle) mode="toggle $2"; shift ;;
    *) echo "bad option $1" >&2; exit 1 ;;
  esac
  shift
done
check "$chip"
hold "$mode $1$low"
case $mode in
  hold) stay ;;
  interactive)
    printf 'gpioset> '
    while read -r command; do
      echo "$command" >> "$FAKE/log"
      [ "$command" = exit ] && release 0
      printf 'gpioset> '
    done
    stay ;;
esac
release 0
`;

const MON = `#!/bin/sh
echo "$*" >> "$FAKE/mon"
trap 'rm -f "$FAKE/watching"; exit 0' TERM INT
: > "$FAKE/watching"
seen=0
while :; do
  [ -e "$FAKE/die" ] && { rm -f "$FAKE/die" "$FAKE/watching"; echo "gpiomon: the chip is gone" >&2; exit 1; }
  all=$(wc -l < "$FAKE/edges")
  [ "$all" -gt "$seen" ] && { tail -n "+$((seen + 1))" "$FAKE/edges"; seen=$all; }
  sleep 0.02
done
`;

const DETECT = `#!/bin/sh
echo 'gpiochip0 [other] (8 lines)'
echo 'gpiochip3 [pinctrl-test] (58 lines)'
echo 'gpiochip4 [twice] (2 lines)'
echo 'gpiochip5 [twice] (2 lines)'
`;

const infoOf = (quote: string) => `#!/bin/sh
echo 'gpiochip3 - 58 lines:'
printf '\\tline   4:      unnamed       unused   input  active-high \\n'
printf '\\tline  17:\\t${quote}RELAY1${quote}        \\tinput\\n'
printf '\\tline  20:\\t${quote}TWIN${quote}        \\tinput\\n'
printf '\\tline  21:\\t${quote}TWIN${quote}        \\tinput\\n'
`;

export interface FakeTools {
  /** Where the tools are found, and what they need to know. */
  env: NodeJS.ProcessEnv;
  /** What became of the line, in order: how it was held, with which level. */
  log(): Promise<string[]>;
  /** How `gpiomon` was called. */
  watched(): Promise<string[]>;
  /** The process that holds or watches the line ends by itself. */
  die(): Promise<void>;
  /** The line changes: what `gpiomon` prints for it. */
  edge(text: string): Promise<void>;
  remove(): Promise<void>;
}

export async function fakeTools(major: 1 | 2, interactive = true): Promise<FakeTools> {
  const folder = await mkdtemp(join(tmpdir(), 'gpiod-'));
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const tools = {
    gpioset: major === 1 ? SET_1 : SET_2,
    gpiomon: MON,
    gpiodetect: DETECT,
    gpioinfo: infoOf(major === 1 ? '"' : ''),
  };
  for (const [name, text] of Object.entries(tools)) {
    await writeFile(join(bin, name), text);
    await chmod(join(bin, name), 0o755);
  }
  for (const name of ['log', 'mon', 'edges']) await writeFile(join(folder, name), '');
  const linesOf = async (name: string): Promise<string[]> =>
    (await readFile(join(folder, name), 'utf8')).split('\n').filter((line) => line !== '');
  const HELP = `Usage: gpioset [OPTIONS] <line=value>...\n${interactive ? '  -i, --interactive' : ''}`;
  return {
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, FAKE: folder, HELP },
    log: () => linesOf('log'),
    watched: () => linesOf('mon'),
    die: () => writeFile(join(folder, 'die'), ''),
    edge: (text) => appendFile(join(folder, 'edges'), `${text}\n`),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
