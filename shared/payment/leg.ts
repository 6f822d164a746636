/**
 * A leg is one attempt to move money with one tender. It is in one state; what a provider says, in whatever
 * order it arrives, moves it along this table or is refused. Amounts are minor units of the leg's currency.
 */
export const LEG_STATES = [
  'initiated',
  'submitted',
  'action_required',
  'pending',
  'unknown',
  'authorized',
  'capture_pending',
  'captured',
  'void_pending',
  'voided',
  'declined',
  'error',
  'cancelled',
  'expired',
] as const;
export type LegState = (typeof LEG_STATES)[number];

export interface Leg {
  readonly state: LegState;
  /** What was asked for. */
  readonly amount: number;
  /** Reserved at the issuer and not taken. */
  readonly authorized: number;
  /** Taken and not given back by a void. */
  readonly captured: number;
  /** Of `captured`: what nobody owed and went back or is on its way back. Absent: nothing. */
  readonly returned?: number;
}

/**
 * Who says so. `us`: our own command. `answer`: the provider's answer to it. `query`: its answer to a fresh
 * question. `webhook`: a message of its own accord, which may be late, doubled or out of order.
 */
export type LegSource = 'us' | 'answer' | 'query' | 'webhook';

export interface LegReport {
  readonly state: LegState;
  readonly source: LegSource;
  /** Of `captured` and `authorized`; absent: the whole leg. */
  readonly amount?: number;
}

type LegVerdict =
  | { readonly verdict: 'applied'; readonly leg: Leg; readonly late_success: boolean }
  /** The leg is there already. */
  | { readonly verdict: 'unchanged' }
  /** A message from before the leg's present state: kept as a record, not applied. */
  | { readonly verdict: 'stale' }
  /** No provider that keeps its word says this. */
  | { readonly verdict: 'illegal' };

const RESOLUTIONS = [
  'authorized',
  'capture_pending',
  'captured',
  'declined',
  'error',
  'cancelled',
  'expired',
] as const;
/** A failure is final for us, but only the provider knows: a success that it proves later still counts. */
const LATE = ['captured', 'authorized'] as const;

export const LEG_MOVES: Readonly<Record<LegState, readonly LegState[]>> = {
  initiated: ['submitted', 'cancelled', 'captured', 'authorized'],
  submitted: [
    'action_required',
    'pending',
    'authorized',
    'capture_pending',
    'captured',
    'declined',
    'error',
    'unknown',
  ],
  action_required: ['pending', 'unknown', ...RESOLUTIONS],
  pending: ['action_required', 'unknown', ...RESOLUTIONS],
  unknown: ['action_required', 'pending', ...RESOLUTIONS],
  authorized: ['capture_pending', 'captured', 'void_pending', 'voided', 'expired'],
  capture_pending: ['captured', 'authorized', 'error', 'unknown'],
  captured: ['void_pending'],
  void_pending: ['voided', 'authorized', 'captured'],
  voided: [],
  declined: LATE,
  error: LATE,
  cancelled: LATE,
  expired: LATE,
};

/** How far a leg has come. A webhook never takes it back; only the answer to a fresh question may. */
export const LEG_RANK: Readonly<Record<LegState, number>> = {
  initiated: 0,
  submitted: 1,
  action_required: 2,
  pending: 2,
  unknown: 2,
  declined: 3,
  error: 3,
  cancelled: 3,
  expired: 3,
  authorized: 4,
  capture_pending: 5,
  captured: 6,
  void_pending: 7,
  voided: 8,
};

const LIVE: ReadonlySet<LegState> = new Set([
  'initiated',
  'submitted',
  'action_required',
  'pending',
  'unknown',
  'capture_pending',
  'void_pending',
]);
const FAILED: ReadonlySet<LegState> = new Set(['declined', 'error', 'cancelled', 'expired']);

/** The outcome is open: the provider, the payer or we still have something to say. */
export const isLive = (state: LegState): boolean => LIVE.has(state);

/** What counts of a leg's captured money. */
export const keptOf = (leg: Leg): number => leg.captured - (leg.returned ?? 0);

/** No money moved, as far as the provider has said. */
export const isFailed = (state: LegState): boolean => FAILED.has(state);

export const newLeg = (amount: number): Leg => ({ state: 'initiated', amount, authorized: 0, captured: 0 });

/** Applies one report to a leg; the leg given is not changed. */
export function moveLeg(leg: Leg, report: LegReport): LegVerdict {
  if (report.state === leg.state) return { verdict: 'unchanged' };
  const proven = report.source === 'query' || report.source === 'webhook';
  if (report.source === 'webhook' && LEG_RANK[report.state] < LEG_RANK[leg.state])
    return { verdict: 'stale' };
  if (!LEG_MOVES[leg.state].includes(report.state)) return { verdict: 'illegal' };
  const late_success = isFailed(leg.state);
  if ((late_success || leg.state === 'unknown') && !proven) return { verdict: 'illegal' };
  return {
    verdict: 'applied',
    leg: { ...leg, state: report.state, ...amountsIn(leg, report) },
    late_success,
  };
}

function amountsIn(leg: Leg, report: LegReport): Pick<Leg, 'authorized' | 'captured'> {
  switch (report.state) {
    case 'captured':
      // A refused void puts back what was there; otherwise the provider's amount counts, also a smaller one.
      return {
        authorized: 0,
        captured: report.amount ?? (leg.state === 'void_pending' ? leg.captured : leg.amount),
      };
    case 'authorized':
      return { authorized: report.amount ?? (leg.authorized > 0 ? leg.authorized : leg.amount), captured: 0 };
    case 'voided':
    case 'declined':
    case 'error':
    case 'cancelled':
    case 'expired':
      return { authorized: 0, captured: 0 };
    default:
      return { authorized: leg.authorized, captured: leg.captured };
  }
}
