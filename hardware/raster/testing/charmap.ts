/** The characters that a TrueType font has, from its own tables (OpenType `cmap`, formats 4 and 12). */
export function charactersOf(font: Buffer): Set<number> {
  const found = new Set<number>();
  const tables = font.readUInt16BE(4);
  for (let at = 0; at < tables; at += 1) {
    const entry = 12 + 16 * at;
    if (font.toString('latin1', entry, entry + 4) !== 'cmap') continue;
    const cmap = font.readUInt32BE(entry + 8);
    const encodings = font.readUInt16BE(cmap + 2);
    for (let one = 0; one < encodings; one += 1) {
      read(font, cmap + font.readUInt32BE(cmap + 4 + 8 * one + 4), found);
    }
  }
  return found;
}

function read(font: Buffer, table: number, found: Set<number>): void {
  const format = font.readUInt16BE(table);
  if (format === 12) {
    const groups = font.readUInt32BE(table + 12);
    for (let at = 0; at < groups; at += 1) {
      const group = table + 16 + 12 * at;
      for (let code = font.readUInt32BE(group); code <= font.readUInt32BE(group + 4); code += 1)
        found.add(code);
    }
  } else if (format === 4) {
    const segments = font.readUInt16BE(table + 6) / 2;
    for (let at = 0; at < segments; at += 1) {
      const last = font.readUInt16BE(table + 14 + 2 * at);
      const first = font.readUInt16BE(table + 16 + 2 * segments + 2 * at);
      for (let code = first; code <= last && code < 0xffff; code += 1) found.add(code);
    }
  }
}
