import { useEffect, useState } from 'preact/hooks';
import { listOf } from '../../../../shared/http/list.ts';
import { Notice } from '../../../../shared/ui/components.tsx';
import { follow } from '../address.ts';
import { call, troubleOf } from '../data/call.ts';
import { issuesOfService, nameOfField } from '../form/issues.ts';
import { type ImportRow, type Report, Skipped } from './report.ts';
import { skipReport } from './skip_report.ts';

const SkippedPage = listOf(Skipped);
const PAGE_ROWS = 100;
const SHOWN = 20;
/** The service keeps no more of one import. */
const ENTRIES_MAX = 20_000;

/** What became of a file: the counts, and every entry that was skipped by its line and reason. */
export function ReportView({ report }: { report: Report | ImportRow }) {
  const [entries, setEntries] = useState<readonly Skipped[]>([]);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    let over = false;
    void readSkipped(report.id).then(({ found, trouble }) => {
      if (over) return;
      setEntries(found);
      setTrouble(trouble);
    });
    return () => {
      over = true;
    };
  }, [report.id]);
  const { created, updated, unchanged, refused, ended, file_problem } = report;
  const changed = created + updated + ended;

  return (
    <div class="stack report">
      {file_problem !== null && (
        <Notice tone="alarm">
          The file is broken: {file_problem.message}. What came before that stands.
        </Notice>
      )}
      {file_problem === null && (
        <Notice tone={refused > 0 ? 'wait' : 'open'}>
          {refused === 0
            ? 'Every entry was taken.'
            : `${refused} of ${report.entries} entries were skipped; the others were taken.`}
        </Notice>
      )}
      <dl class="totals">
        <dt>New</dt>
        <dd class="number">{created}</dd>
        <dt>Changed</dt>
        <dd class="number">{updated}</dd>
        <dt>The same as before</dt>
        <dd class="number">{unchanged}</dd>
        <dt>Skipped</dt>
        <dd class="number">{refused}</dd>
        {report.mode === 'replace' && (
          <>
            <dt>Ended, because the file lacks them</dt>
            <dd class="number">{ended}</dd>
          </>
        )}
      </dl>
      {report.notes.map(({ code, message }) => (
        <p key={code} class="soft small">
          {message}
        </p>
      ))}
      {trouble !== null && (
        <Notice tone="wait">{trouble} The list of skipped entries is not complete.</Notice>
      )}
      {entries.length > 0 && (
        <>
          <div class="table">
            <table>
              <thead>
                <tr>
                  <th scope="col">Line</th>
                  <th scope="col">Key</th>
                  <th scope="col">Why</th>
                </tr>
              </thead>
              <tbody>
                {entries.slice(0, SHOWN).map(({ position, line, key, problems, notes }) => (
                  <tr key={position}>
                    <td class="number">{line}</td>
                    <td>{key === '' ? '—' : key}</td>
                    <td class="reason">
                      {issuesOfService(problems).map(({ path, message }) => (
                        <p key={path + message}>
                          <strong>Skipped.</strong> {path === '' ? '' : `${nameOfField(path)}: `}
                          {message}
                        </p>
                      ))}
                      {notes.map(({ code, message }) => (
                        <p key={code + message} class="soft">
                          Taken with a note: {message}
                        </p>
                      ))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <div class="actions">
            <button type="button" onClick={() => download(`skipped-${report.id}.csv`, skipReport(entries))}>
              Download the skip report ({entries.length})
            </button>
          </div>
        </>
      )}
      {changed > 0 && (
        <p>
          Stores work as before until it is published.{' '}
          <a href="/promotions" onClick={follow}>
            To the promotions
          </a>
        </p>
      )}
    </div>
  );
}

async function readSkipped(id: string): Promise<{ found: Skipped[]; trouble: string | null }> {
  const found: Skipped[] = [];
  for (let after = ''; found.length < ENTRIES_MAX; ) {
    const query = `limit=${PAGE_ROWS}${after === '' ? '' : `&starting_after=${after}`}`;
    const answer = await call(SkippedPage, `/v1/promotion_imports/${id}/entries?${query}`);
    if (!answer.ok) return { found, trouble: troubleOf(answer.problem) };
    found.push(...answer.value.data);
    const last = answer.value.data.at(-1);
    if (!answer.value.has_more || last === undefined) break;
    after = String(last.position);
  }
  return { found, trouble: null };
}

function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
