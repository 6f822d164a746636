import { useEffect, useRef, useState } from 'preact/hooks';
import type { ScanTestAnswer } from '../../../shared/api/scan_test.ts';
import { Empty, Notice, Wait } from '../../../shared/ui/components.tsx';
import { address, go } from '../promotions/address.ts';
import { addressOf, readStores, type StoreChoice, type Trial, trialInAddress, tryScan } from './data.ts';
import { Explanation } from './explanation.tsx';

const SOURCES = [
  ['camera', 'A phone’s camera'],
  ['laser', 'A hand scanner'],
  ['typed', 'Typed by hand'],
  ['kiosk', 'A kiosk'],
  ['rfid', 'An RFID reader'],
  ['nfc', 'An NFC label'],
] as const;
const SYMBOLOGIES = [
  ['', 'Not said'],
  ['ean8', 'EAN-8'],
  ['upce', 'UPC-E'],
  ['itf', 'Interleaved 2 of 5'],
  ['gs1_128', 'GS1-128'],
  ['databar_expanded', 'GS1 DataBar'],
  ['gs1_datamatrix', 'GS1 DataMatrix'],
  ['code128', 'Code 128'],
  ['code39', 'Code 39'],
] as const;

/** How a store understands a code, step by step: for whoever wonders why a scan does not sell what it should. */
export function ScansPage() {
  const trial = trialInAddress();
  const [stores, setStores] = useState<StoreChoice[] | null>(null);
  const [answer, setAnswer] = useState<ScanTestAnswer | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    document.title = 'Scans · Sesame';
    void readStores().then((found) => (typeof found === 'string' ? setTrouble(found) : setStores(found)));
    return () => {
      document.title = 'Orders · Sesame';
    };
  }, []);
  useEffect(() => {
    if (trial.code === '' || trial.store === '') {
      setAnswer(null);
      return undefined;
    }
    let over = false;
    setBusy(true);
    void tryScan(trial).then((found) => {
      if (over) return;
      setBusy(false);
      setTrouble(typeof found === 'string' ? found : null);
      setAnswer(typeof found === 'string' ? null : found);
    });
    return () => {
      over = true;
    };
  }, [address.value]);

  return (
    <section class="stack scans" aria-label="Scans">
      <h1>How a code is understood</h1>
      {stores === null ? (
        trouble === null && <Wait>Reading the stores</Wait>
      ) : (
        <TrialForm trial={{ ...trial, store: trial.store || (stores[0]?.id ?? '') }} stores={stores} />
      )}
      {trouble !== null && <Notice tone="wait">{trouble}</Notice>}
      <div aria-live="polite" aria-busy={busy} class="stack">
        {answer !== null
          ? answer.scans.map((scan, i) => (
              <Explanation key={`${i} ${scan.code}`} scan={scan} currency={answer.currency} />
            ))
          : trouble === null && (
              <Empty>Scan, type or paste a code. Nothing is sold: the store only says how it reads it.</Empty>
            )}
      </div>
    </section>
  );
}

/** A hand scanner types the code and presses Enter; the field keeps the focus for the next one. */
function TrialForm({ trial, stores }: { trial: Trial; stores: readonly StoreChoice[] }) {
  const code = useRef<HTMLInputElement>(null);
  useEffect(() => {
    code.current?.focus();
    code.current?.select();
  }, [address.value]);
  return (
    <form
      class="card scan-form"
      onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        const of = (name: string) => String(data.get(name) ?? '');
        const next = {
          store: of('store'),
          code: of('code'),
          source: of('source'),
          symbology: of('symbology'),
        };
        if (next.code !== '') go(addressOf(next));
      }}
    >
      <label class="scan-code">
        Code
        <input
          ref={code}
          name="code"
          key={trial.code}
          defaultValue={trial.code}
          placeholder="Scan, type or paste a code"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={1_000}
        />
      </label>
      <label>
        Store
        <select name="store">
          {stores.map(({ id, name }) => (
            <option key={id} value={id} selected={id === trial.store}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Read by
        <select name="source">
          {SOURCES.map(([value, title]) => (
            <option key={value} value={value} selected={value === trial.source}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label>
        Symbology
        <select name="symbology">
          {SYMBOLOGIES.map(([value, title]) => (
            <option key={value} value={value} selected={value === trial.symbology}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="primary">
        Try
      </button>
    </form>
  );
}
