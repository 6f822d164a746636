import type { ScanExplanation } from '../../../shared/api/scan_test.ts';

type Tag = NonNullable<ScanExplanation['tag']>;

const BITS_PER_ROW = 32;
const CELL = 10;
const ROW = 18;
const COLOURS = 6;

const NAMES: Record<string, string> = {
  header: 'Header',
  filter: 'Filter',
  partition: 'Partition',
  company_prefix: 'Company prefix',
  reference: 'Reference',
  serial: 'Serial',
  reserved: 'Reserved',
  filler: 'Filler',
  padding: 'Padding',
  data: 'Further data',
  data_toggle: 'Further data follows',
  date_type: 'Kind of date',
  year: 'Year',
  month: 'Month',
  day: 'Day',
  key: 'Key',
  encoding: 'Alphabet',
  length: 'Length',
  delimiter: 'Delimiter',
  end: 'End',
};

/** A tag's bits in rows of two words, each field in its own colour; the table says the same in figures. */
export function TagBits({ tag }: { tag: Tag }) {
  const bits = [...tag.epc].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
  const rows = Math.ceil(bits.length / BITS_PER_ROW);
  return (
    <section class="card stack" aria-label="The tag’s bits">
      <h2>The tag’s bits</h2>
      <p class="soft">
        {tag.scheme === null ? 'Of no scheme that can be read' : tag.scheme.toUpperCase()} ·{' '}
        <span class="number">{tag.epc}</span>
      </p>
      <svg
        class="tag-bits"
        viewBox={`0 0 ${BITS_PER_ROW * CELL} ${rows * ROW}`}
        role="img"
        aria-label={`${bits.length} bits in ${tag.segments.length} fields`}
      >
        {[...bits].map((bit, at) => {
          const x = (at % BITS_PER_ROW) * CELL;
          const y = Math.floor(at / BITS_PER_ROW) * ROW;
          return (
            <g key={at}>
              <rect x={x} y={y} width={CELL} height={ROW - 2} class={colourOf(tag.segments, at)} />
              <text x={x + CELL / 2} y={y + 12} text-anchor="middle">
                {bit}
              </text>
            </g>
          );
        })}
      </svg>
      <div class="tag-table">
        <table>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Bits</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {tag.segments.map(({ name, from, bits: count, value }, i) => (
              <tr key={from}>
                <td>
                  <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">
                    <rect width="12" height="12" rx="3" class={`seg-${i % COLOURS}`} />
                  </svg>{' '}
                  {NAMES[name] ?? name}
                </td>
                <td class="number">
                  {from}–{from + count - 1}
                </td>
                <td class="number">{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {(tag.uri ?? tag.digital_link) !== null && (
        <p class="soft small scan-uri">{tag.uri ?? tag.digital_link}</p>
      )}
    </section>
  );
}

function colourOf(segments: Tag['segments'], at: number): string {
  const place = segments.findIndex(({ from, bits }) => at >= from && at < from + bits);
  return place === -1 ? 'seg-none' : `seg-${place % COLOURS}`;
}
