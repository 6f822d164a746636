import { useEffect, useState } from 'preact/hooks';
import type { Refund } from '../../../shared/api/refund.ts';
import { Empty, Notice, Wait } from '../../../shared/ui/components.tsx';
import { clock } from '../../../shared/ui/money.ts';
import { type Detail, type Moment, readStory } from './data.ts';

/** The order's history in words, and on request every single step of its basket, payments and refunds. */
export function Timeline({ order, refunds }: { order: Detail; refunds: readonly Refund[] }) {
  return (
    <section class="stack" aria-label="What happened">
      <h3>What happened</h3>
      <Moments moments={order.timeline} />
      <Steps {...{ order, refunds }} title="Every step of basket, payments and refunds" />
    </section>
  );
}

interface StepsProps {
  order: Detail;
  refunds: readonly Refund[];
  title: string;
  /** Only the steps of this one. */
  payment?: string;
}

/** Steps that are read when they are opened. */
export function Steps({ order, refunds, title, payment }: StepsProps) {
  const [opened, setOpened] = useState(false);
  const version = `${order.timeline.length} ${refunds.map(versionOf).join()}`;
  return (
    <details onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary>{title}</summary>
      {opened && <Story id={order.id} {...{ version, payment }} />}
    </details>
  );
}

const versionOf = ({ id, updated_at }: Refund): string => `${id}${updated_at}`;

/** What the order's own object wrote down; read again whenever something happened. */
function Story({ id, version, payment }: { id: string; version: string; payment: string | undefined }) {
  const [steps, setSteps] = useState<Moment[] | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    let over = false;
    void readStory(id).then((answer) => {
      if (over) return;
      if (typeof answer === 'string') return setTrouble(answer);
      setTrouble(null);
      setSteps(answer.data);
    });
    return () => {
      over = true;
    };
  }, [id, version]);
  if (trouble !== null) return <Notice tone="wait">{trouble}</Notice>;
  if (steps === null) return <Wait>Reading every step</Wait>;
  if (steps.length === 0) return <Empty>A till sold this order by itself and kept its steps.</Empty>;
  return (
    <Moments
      moments={payment === undefined ? steps : steps.filter(({ payment_id }) => payment_id === payment)}
    />
  );
}

function Moments({ moments }: { moments: readonly Moment[] }) {
  const now = new Date();
  return (
    <ol class="timeline">
      {moments.map((moment, i) => (
        <li key={String(i)}>
          <span class="number soft small">{clock(moment.at, now)}</span>
          <span>{moment.text}</span>
        </li>
      ))}
    </ol>
  );
}
