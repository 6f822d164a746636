import { Badge, type Tone } from '../../shared/ui/components.tsx';

const PAYMENT: Record<string, [Tone, string]> = {
  captured: ['open', 'Paid'],
  waiting: ['info', 'Not paid'],
  action_required: ['wait', 'Waits for the payer'],
  pending: ['wait', 'Waits for the provider'],
  authorized: ['wait', 'Authorized'],
  partially_captured: ['wait', 'Paid in part'],
  rejected: ['alarm', 'Refused'],
  cancelled: ['info', 'Cancelled'],
  refunded: ['info', 'Refunded'],
};

export function PaymentBadge({ status }: { status: string }) {
  const [tone, word] = PAYMENT[status] ?? ['info', status];
  return <Badge tone={tone}>{word}</Badge>;
}
