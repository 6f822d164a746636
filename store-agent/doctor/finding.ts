/** One thing that the doctor looked at. `says` is a sentence about it; `advice` says what to do where something is. */
export interface Finding {
  part: 'configuration' | 'token' | 'edge' | 'clock' | 'data folder' | 'agent' | 'port' | 'device';
  /** Which one, where there are several. */
  name?: string;
  state: 'ok' | 'warning' | 'wrong';
  says: string;
  advice?: string;
}

const MARK: Record<Finding['state'], string> = { ok: 'ok     ', warning: 'warning', wrong: 'WRONG  ' };

/** The findings as people read them, one block each, with a last line that counts. */
export function report(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ part, name, state, says, advice }) => [
    `${MARK[state]}  ${name === undefined ? part : `${part} ${name}`}: ${says}`,
    ...(advice === undefined || state === 'ok' ? [] : [`         → ${advice}`]),
  ]);
  const count = (state: Finding['state']): number => findings.filter((one) => one.state === state).length;
  return [...lines, '', `${count('ok')} ok, ${count('warning')} to watch, ${count('wrong')} wrong`].join(
    '\n',
  );
}
