import { useEffect, useState } from 'preact/hooks';
import { Empty, Notice, Wait } from '../../../shared/ui/components.tsx';
import { address, follow, go } from '../promotions/address.ts';
import { AlertCard } from './alert.tsx';
import {
  type Alert,
  type AlertPage,
  type AlertStatus,
  addressOf,
  counts,
  readAlerts,
  shown,
} from './data.ts';

const REFRESH_MS = 5_000;
const TABS: { status: AlertStatus; title: string }[] = [
  { status: 'open', title: 'Open' },
  { status: 'acknowledged', title: 'Taken' },
  { status: 'resolved', title: 'Resolved' },
];
const EMPTY: Record<AlertStatus, string> = {
  open: 'Nothing waits for you. When goods or money do not fit, it is told here.',
  acknowledged: 'Nobody looks after anything at the moment.',
  resolved: 'Nothing was resolved yet.',
};

/** What went wrong with goods or money, who looks after it, and what was done. */
export function AlertsPage() {
  const { status, after } = shown();
  const [page, setPage] = useState<AlertPage | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  /** Alerts that were just changed stay where they are until the reader moves on. */
  const [changed, setChanged] = useState<ReadonlyMap<string, Alert>>(new Map());
  useEffect(() => {
    document.title = 'Alerts · Sesame';
    return () => {
      document.title = 'Orders · Sesame';
    };
  }, []);
  useEffect(() => {
    let over = false;
    setPage(null);
    setChanged(new Map());
    const load = async () => {
      const answer = await readAlerts(status, after);
      if (over) return;
      if (typeof answer === 'string') setTrouble(answer);
      else {
        setPage(answer);
        setTrouble(null);
      }
    };
    void load();
    const timer = setInterval(() => void load(), REFRESH_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [address.value]);

  const fresh = page?.data ?? [];
  const ids = new Set(fresh.map(({ id }) => id));
  const rows = [...[...changed.values()].filter(({ id }) => !ids.has(id)), ...fresh].map(
    (alert) => changed.get(alert.id) ?? alert,
  );
  rows.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  const keep = (alert: Alert) => setChanged(new Map(changed).set(alert.id, alert));
  return (
    <section class="stack alerts" aria-label="Alerts">
      <h1>Alerts</h1>
      <nav class="tabs" aria-label="Which alerts">
        {TABS.map((tab) => (
          <a
            key={tab.status}
            href={addressOf(tab.status)}
            aria-current={tab.status === status ? 'true' : undefined}
            onClick={follow}
          >
            {tab.title}
            <TabCount status={tab.status} />
          </a>
        ))}
      </nav>
      {trouble !== null && <Notice tone="wait">{trouble}</Notice>}
      {page === null && trouble === null && <Wait>Reading the alerts</Wait>}
      {page !== null && rows.length === 0 && <Empty>{EMPTY[status]}</Empty>}
      <ul class="alert-list">
        {rows.map((alert) => (
          <AlertCard key={alert.id} alert={alert} onChange={keep} />
        ))}
      </ul>
      {page !== null && (after !== '' || page.has_more) && (
        <div class="pages">
          {after !== '' && (
            <button type="button" onClick={() => history.back()}>
              Newer
            </button>
          )}
          {page.has_more && (
            <button type="button" onClick={() => go(addressOf(status, page.data.at(-1)?.id ?? ''))}>
              Older
            </button>
          )}
        </div>
      )}
    </section>
  );
}

function TabCount({ status }: { status: AlertStatus }) {
  if (counts.value === null || status === 'resolved') return null;
  return <span class="number soft"> {counts.value[status]}</span>;
}
