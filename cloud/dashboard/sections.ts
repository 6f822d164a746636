import type { Place } from './promotions/address.ts';

type Kind = Place['kind'];

/** The promotions have places of their own within their section; every other section is one place. */
const PROMOTIONS: readonly Kind[] = ['list', 'new', 'imports', 'edit'];

/** What the dashboard is made of, in the order of its navigation. All but the orders are loaded when they are opened. */
export const SECTIONS: readonly { title: string; href: string; kinds: readonly Kind[] }[] = [
  { title: 'Orders', href: '/', kinds: ['orders'] },
  { title: 'Refunds', href: '/refunds', kinds: ['refunds'] },
  { title: 'Checks', href: '/checks', kinds: ['checks'] },
  { title: 'Alerts', href: '/alerts', kinds: ['alerts'] },
  { title: 'Promotions', href: '/promotions', kinds: PROMOTIONS },
  { title: 'Payments', href: '/payments', kinds: ['payments'] },
  { title: 'Devices', href: '/devices', kinds: ['devices'] },
  { title: 'Scans', href: '/scans', kinds: ['scans'] },
];

const promotions = {
  style: 'promotions',
  load: () => import('./promotions/page.tsx').then((part) => part.PromotionsPage),
};

/** The page of a place, and the name that its style sheet knows it by. */
export const PAGES = {
  alerts: { style: 'alerts-main', load: () => import('./alerts/page.tsx').then((part) => part.AlertsPage) },
  checks: { style: 'checks-main', load: () => import('./checks/page.tsx').then((part) => part.ChecksPage) },
  devices: {
    style: 'devices-main',
    load: () => import('./devices/page.tsx').then((part) => part.DevicesPage),
  },
  payments: {
    style: 'payments-main',
    load: () => import('./payments/page.tsx').then((part) => part.PaymentsPage),
  },
  refunds: {
    style: 'refunds-main',
    load: () => import('./refunds/page.tsx').then((part) => part.RefundsPage),
  },
  scans: { style: 'scans-main', load: () => import('./scans/page.tsx').then((part) => part.ScansPage) },
  list: promotions,
  new: promotions,
  imports: promotions,
  edit: promotions,
} as const satisfies Record<Exclude<Kind, 'orders'>, unknown>;
