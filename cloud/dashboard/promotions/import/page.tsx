import { useEffect, useState } from 'preact/hooks';
import { listOf } from '../../../../shared/http/list.ts';
import { Empty, Notice, Wait } from '../../../../shared/ui/components.tsx';
import { clock } from '../../../../shared/ui/money.ts';
import { session } from '../../session.ts';
import { follow } from '../address.ts';
import { call, troubleOf } from '../data/call.ts';
import { readCatalogue, stores } from '../data/catalogue.ts';
import { FORMATS, type Format, formatOf } from './formats.ts';
import { ImportRow, type Progress } from './report.ts';
import { ReportView } from './report_view.tsx';
import { type Sent, sendFile } from './send_file.ts';

const ImportRows = listOf(ImportRow);
const ROWS = 10;

export function ImportPage() {
  const [earlier, setEarlier] = useState<ImportRow[] | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [open, setOpen] = useState<ImportRow | null>(null);
  const read = async () => {
    const answer = await call(ImportRows, `/v1/promotion_imports?limit=${ROWS}`);
    if (answer.ok) setEarlier(answer.value.data);
    setTrouble(answer.ok ? null : troubleOf(answer.problem));
  };
  useEffect(() => {
    void read();
    if (stores.value.length === 0) void readCatalogue();
  }, []);

  return (
    <section class="stack" aria-labelledby="import-title">
      <p>
        <a href="/promotions" onClick={follow}>
          ← All promotions
        </a>
      </p>
      <h1 id="import-title">Import promotions</h1>
      {session.value?.role === 'admin' ? (
        <SendForm onDone={() => void read()} />
      ) : (
        <Notice tone="info">Only admins import promotions.</Notice>
      )}
      <h2>Earlier imports</h2>
      {trouble !== null && (
        <Notice tone="wait">
          {trouble}{' '}
          <button type="button" onClick={() => void read()}>
            Try again
          </button>
        </Notice>
      )}
      {earlier === null && trouble === null && <Wait>Reading the imports</Wait>}
      {earlier?.length === 0 && <Empty>No file was imported yet.</Empty>}
      <ul class="rows" aria-label="Earlier imports">
        {earlier?.map((row) => (
          <li key={row.id} class="row card">
            <div class="row-text">
              <button type="button" class="link" onClick={() => setOpen(open?.id === row.id ? null : row)}>
                {clock(row.started_at, new Date())}, {nameOf(row.format)}
              </button>
              <span class="soft small">
                {row.entries} entries: {row.created} new, {row.updated} changed, {row.unchanged} the same,{' '}
                {row.refused} skipped
                {row.ended > 0 ? `, ${row.ended} ended` : ''}
              </span>
              {open?.id === row.id && <ReportView report={row} />}
            </div>
            <div class="row-state">{STATES[row.state]}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}

const STATES: Record<ImportRow['state'], string> = {
  running: 'Running',
  finished: 'Finished',
  failed: 'Broken file',
  interrupted: 'Interrupted: import it again',
};
const nameOf = (format: string): string => FORMATS.find(([one]) => one === format)?.[1] ?? format;

function SendForm({ onDone }: { onDone: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [format, setFormat] = useState<Format>('csv');
  const [mode, setMode] = useState<'merge' | 'replace'>('merge');
  const [store, setStore] = useState('');
  const [progress, setProgress] = useState<Progress | null>(null);
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState<Sent | null>(null);

  const send = async () => {
    if (file === null) return;
    setBusy(true);
    setSent(null);
    setProgress(null);
    const outcome = await sendFile({ file, format, mode, store }, setProgress);
    setBusy(false);
    setSent(outcome);
    void readCatalogue();
    onDone();
  };
  return (
    <form
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label>
        File
        <input
          type="file"
          accept=".csv,.json,.xml,.gz"
          required
          disabled={busy}
          onChange={(event) => {
            const chosen = event.currentTarget.files?.[0] ?? null;
            setFile(chosen);
            setFormat(formatOf(chosen?.name ?? '') ?? format);
            setSent(null);
          }}
        />
      </label>
      <div class="line">
        <label>
          Format
          <select
            value={format}
            disabled={busy}
            onChange={(event) =>
              setFormat(FORMATS.find(([one]) => one === event.currentTarget.value)?.[0] ?? 'csv')
            }
          >
            {FORMATS.map(([one, words]) => (
              <option key={one} value={one}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label>
          Stores
          <select value={store} disabled={busy} onChange={(event) => setStore(event.currentTarget.value)}>
            <option value="">As the file says</option>
            {stores.value.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={mode === 'replace'}
          disabled={busy}
          onChange={(event) => setMode(event.currentTarget.checked ? 'replace' : 'merge')}
        />
        <span>
          The file is the whole list
          <span class="soft small block">
            What earlier files of this kind brought and this one lacks is ended.
          </span>
        </span>
      </label>
      <div class="actions">
        <button type="submit" class="primary" disabled={busy || file === null}>
          Import
        </button>
      </div>
      {busy && <Working progress={progress} size={file?.size ?? 0} />}
      {sent?.kind === 'report' && <ReportView report={sent.report} />}
      {sent?.kind === 'refused' && (
        <Notice tone="alarm">
          {troubleOf(sent.problem)} {sent.problem.errors?.map(({ message }) => message).join('; ')} Nothing
          was imported.
        </Notice>
      )}
      {sent?.kind === 'cut' && (
        <Notice tone="alarm">
          The connection was lost. What was read so far stands; import the same file again to finish it.
        </Notice>
      )}
    </form>
  );
}

function Working({ progress, size }: { progress: Progress | null; size: number }) {
  const words =
    progress === null ? 'Sending the file' : `${progress.entries} entries read, ${progress.refused} skipped`;
  // Without a value the bar only says that something happens.
  const far =
    progress === null || size === 0 ? {} : { max: size, value: Math.min(progress.read_bytes, size) };
  return (
    <div role="status" class="working">
      <span>{words}</span>
      <progress aria-label={words} {...far} />
    </div>
  );
}
