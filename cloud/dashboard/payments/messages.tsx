import { useEffect, useState } from 'preact/hooks';
import { Badge, Empty, Notice, type Tone, Wait } from '../../../shared/ui/components.tsx';
import { clock } from '../../../shared/ui/money.ts';
import { follow, go } from '../promotions/address.ts';
import { session } from '../session.ts';
import {
  type Account,
  addressOf,
  readBody,
  readWebhooks,
  replay,
  type Shown,
  STATUSES,
  type Webhook,
  type WebhookPage,
  type WebhookStatus,
} from './data.ts';

const WORDS: Record<WebhookStatus, [Tone, string]> = {
  received: ['wait', 'On its way'],
  applied: ['open', 'Applied'],
  unchanged: ['info', 'Known already'],
  unmatched: ['wait', 'Names nothing of ours'],
  parked: ['alarm', 'Given up'],
  ignored: ['info', 'Not ours to act on'],
};

/** What the provider of an account told, newest first. */
export function Messages({ account, place }: { account: Account; place: Shown }) {
  const [page, setPage] = useState<WebhookPage | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    let over = false;
    void readWebhooks(place).then((answer) => {
      if (over) return;
      if (typeof answer === 'string') setTrouble(answer);
      else setPage(answer);
    });
    return () => {
      over = true;
    };
  }, []);
  const keep = (changed: Webhook) =>
    setPage((known) =>
      known === null
        ? null
        : { ...known, data: known.data.map((one) => (one.id === changed.id ? changed : one)) },
    );
  return (
    <section class="stack" aria-label="Messages of the provider">
      <h2>Messages of {account.display_name ?? account.gateway}</h2>
      <nav class="tabs" aria-label="Which messages">
        {['', ...STATUSES].map((status) => (
          <a
            key={status}
            href={addressOf({ store: place.store, account: place.account, status })}
            aria-current={status === place.status ? 'true' : undefined}
            onClick={follow}
          >
            {titleOf(status)}
            {status !== '' && account.webhooks[status] !== undefined && (
              <span class="soft number"> {account.webhooks[status]}</span>
            )}
          </a>
        ))}
      </nav>
      {trouble !== null && <Notice tone="wait">{trouble}</Notice>}
      {page === null && trouble === null && <Wait>Reading the messages</Wait>}
      {page?.data.length === 0 && (
        <Empty>No message. They come here as soon as the provider sends one.</Empty>
      )}
      <ul class="message-list">
        {page?.data.map((webhook) => (
          <MessageCard key={webhook.id} webhook={webhook} place={place} onChange={keep} />
        ))}
      </ul>
      {page !== null && (place.after !== '' || page.has_more) && (
        <div class="pages">
          {place.after !== '' && (
            <button type="button" onClick={() => history.back()}>
              Newer
            </button>
          )}
          {page.has_more && (
            <button
              type="button"
              onClick={() => go(addressOf({ ...place, after: page.data.at(-1)?.id ?? '' }))}
            >
              Older
            </button>
          )}
        </div>
      )}
    </section>
  );
}

const titleOf = (status: string): string => {
  const known = STATUSES.find((one) => one === status);
  return known === undefined ? 'All' : WORDS[known][1];
};

interface CardProps {
  webhook: Webhook;
  place: Shown;
  onChange: (webhook: Webhook) => void;
}

function MessageCard({ webhook, place, onChange }: CardProps) {
  const [body, setBody] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [tone, word] = WORDS[webhook.status];
  const again = async () => {
    setBusy(true);
    const answer = await replay(place, webhook.id, key);
    setBusy(false);
    if (typeof answer === 'string') return setTrouble(answer);
    setTrouble(null);
    setKey(crypto.randomUUID());
    onChange(answer);
  };
  return (
    <li class="card message" aria-label={`${webhook.type}, ${clock(webhook.received_at, new Date())}`}>
      <p class="message-head">
        <Badge tone={tone}>{word}</Badge>
        <strong>{webhook.type}</strong>
        <span class="small soft number">{clock(webhook.received_at, new Date())}</span>
      </p>
      <p class="small soft">
        {webhook.payment_id ?? webhook.reference ?? webhook.event_id}
        {webhook.deliveries > 1 && <> · came {webhook.deliveries} times, counted once</>}
      </p>
      {webhook.problem !== null && <p>{webhook.problem}</p>}
      {trouble !== null && <Notice tone="alarm">{trouble}</Notice>}
      <p class="message-actions">
        <button
          type="button"
          onClick={() => {
            if (body === null) void readBody(place, webhook.id).then(setBody);
            else setBody(null);
          }}
        >
          {body === null ? 'Show the message' : 'Hide the message'}
        </button>
        {session.value?.role !== 'cashier' && (
          <button type="button" disabled={busy} onClick={() => void again()}>
            Apply it again
          </button>
        )}
      </p>
      {body !== null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long message scrolls by keyboard.
        <pre class="small" tabIndex={0}>
          {body}
        </pre>
      )}
    </li>
  );
}
