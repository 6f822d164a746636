import type { ScanExplanation } from '../../../shared/api/scan_test.ts';
import { Badge, type Tone } from '../../../shared/ui/components.tsx';
import { money } from '../../../shared/ui/money.ts';
import { TagBits } from './tag_bits.tsx';

const OUTCOMES: Record<ScanExplanation['outcome']['kind'], { tone: Tone; title: string }> = {
  item: { tone: 'open', title: 'It is sold' },
  no_item: { tone: 'info', title: 'It is no item' },
  refused: { tone: 'alarm', title: 'It is refused' },
};
const VERDICTS: Record<ScanExplanation['steps'][number]['verdict'], { tone: Tone; title: string }> = {
  recognised: { tone: 'open', title: 'Recognised' },
  refused: { tone: 'alarm', title: 'Refused' },
  passed: { tone: 'info', title: 'Not this' },
};
const KINDS: Record<string, string> = {
  ean8: 'EAN-8',
  upce: 'UPC-E',
  itf: 'Interleaved 2 of 5',
  gs1: 'GS1 elements',
  internal: 'A label of the shop',
  unknown: 'Nothing more',
};
const LOOKUPS: Record<string, string> = {
  code: 'Code',
  gtin: 'GTIN',
  sku: 'SKU',
  tag: 'Tag',
  alias: 'Other spelling',
  suffix: 'Ends with',
};

/** One code: what it came to first, then what it says, then how that was found. */
export function Explanation({ scan, currency }: { scan: ScanExplanation; currency: string }) {
  const { outcome, item, reading } = scan;
  const { tone, title } = OUTCOMES[outcome.kind];
  return (
    <article class="stack scan" aria-label={`Scan of ${scan.code}`}>
      <div class={`card scan-outcome ${tone}`}>
        <Badge tone={tone}>{title}</Badge>
        <p class="scan-sentence">{outcome.sentence}</p>
        {outcome.problem !== undefined && (
          <p class="soft small">
            A basket answers <code>{outcome.problem.code}</code>
            {outcome.problem.detail !== undefined && (
              <>
                {' '}
                with the detail <code>{outcome.problem.detail}</code>
              </>
            )}
            .
          </p>
        )}
        {item !== null && (
          <p class="soft small">
            SKU {item.sku} · in the catalogue {money(item.unit_price, currency)}
            {item.sold_by === 'weight' ? ' a kilogram' : ''}
          </p>
        )}
      </div>
      <div class="scan-columns">
        <div class="stack">
          {reading !== null && (
            <section class="card stack" aria-label="What was read">
              <h2>What was read</h2>
              <Facts
                rows={[
                  { name: 'Text', value: visible(reading.text) },
                  ...(reading.aim === undefined ? [] : [{ name: 'AIM identifier', value: reading.aim }]),
                  { name: 'The scanner says', value: KINDS[reading.kind] ?? reading.kind },
                ]}
              />
            </section>
          )}
          {scan.fields.length > 0 && (
            <section class="card stack" aria-label="What it says">
              <h2>What it says</h2>
              <Facts rows={scan.fields} />
            </section>
          )}
          {scan.elements.length > 0 && (
            <section class="card stack" aria-label="GS1 elements">
              <h2>GS1 elements</h2>
              <Facts
                rows={scan.elements.map(({ ai, title: name, value }) => ({ name: `(${ai}) ${name}`, value }))}
              />
            </section>
          )}
        </div>
        <section class="card stack" aria-label="Step by step">
          <h2>Step by step</h2>
          <ol class="scan-steps">
            {scan.steps.map((step) => (
              <li key={step.step}>
                <div class="scan-step">
                  <strong>{step.title}</strong>
                  <Badge tone={VERDICTS[step.verdict].tone}>{VERDICTS[step.verdict].title}</Badge>
                </div>
                <p class="soft">{step.why}</p>
                {step.lookups.length > 0 && (
                  <ul class="scan-lookups small">
                    {step.lookups.map(({ by, key, items }) => (
                      <li key={`${by} ${key}`}>
                        {LOOKUPS[by] ?? by} <code>{visible(key)}</code>:{' '}
                        {items.length === 0 ? 'nothing' : items.map(({ name }) => name).join(', ')}
                      </li>
                    ))}
                  </ul>
                )}
              </li>
            ))}
          </ol>
        </section>
      </div>
      {scan.tag !== null && <TagBits tag={scan.tag} />}
    </article>
  );
}

function Facts({ rows }: { rows: readonly { name: string; value: string }[] }) {
  return (
    <dl class="facts">
      {rows.map(({ name, value }) => (
        <div key={name}>
          <dt class="soft">{name}</dt>
          <dd class="number">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** FNC1 has no picture of its own. */
const visible = (text: string): string => text.replaceAll('\u001d', '␝');
