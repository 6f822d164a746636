import { useEffect } from 'preact/hooks';
import { type Place, place } from './address.ts';
import { Lazy } from './lazy.tsx';
import { PromotionList } from './list/list.tsx';
import { UndoBar } from './list/undo.tsx';

const TITLES: Record<Place['kind'], string> = {
  orders: 'Orders',
  alerts: 'Alerts',
  checks: 'Checks',
  scans: 'Scans',
  payments: 'Payments',
  refunds: 'Refunds',
  devices: 'Devices',
  list: 'Promotions',
  new: 'New promotion',
  imports: 'Import promotions',
  edit: 'Promotion',
};

const loadEditor = () => import('./editor/page.tsx').then((part) => part.EditorPage);
const loadImports = () => import('./import/page.tsx').then((part) => part.ImportPage);

/** Everything under /promotions. The list comes at once; the editor brings the engine with it. */
export function PromotionsPage() {
  const at = place.value;
  useEffect(() => {
    document.title = `${TITLES[at.kind]} · Sesame`;
  }, [at.kind]);
  useEffect(
    () => () => {
      document.title = `${TITLES.orders} · Sesame`;
    },
    [],
  );
  return (
    <>
      {at.kind === 'list' && <PromotionList />}
      {at.kind === 'imports' && <Lazy load={loadImports} props={{}} />}
      {at.kind === 'new' && <Lazy key="new" load={loadEditor} props={{ id: null }} />}
      {at.kind === 'edit' && <Lazy key={at.id} load={loadEditor} props={{ id: at.id }} />}
      <UndoBar />
    </>
  );
}
