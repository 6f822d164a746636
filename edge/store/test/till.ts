import { DeviceId } from '../../../shared/ids/index.ts';
import { CHAIN_START } from '../../../shared/offline/chain.ts';
import type { OfflineDocument, OfflineSale } from '../../../shared/offline/document.ts';
import type { NumberLease } from '../../../shared/offline/lease.ts';
import { deviceNumberText } from '../../../shared/offline/lease.ts';
import { sealedSale, sealedVoid } from '../../../shared/offline/sale.fixture.ts';
import type { Uploaded } from '../../../shared/rpc/agents.ts';
import { retailer } from './fixture.ts';

export const kiosk = (n: number): DeviceId =>
  DeviceId.parse(`ksk_00000000-0000-7000-8000-${String(n).padStart(12, '0')}`);

/** Two kiosks and a printer, as the configuration lists them. */
export const kiosks = {
  devices: [1, 2, 3].map((n) => ({
    id: kiosk(n),
    kind: n === 3 ? 'printer' : 'kiosk',
    name: `Kiosk ${n}`,
    username: kiosk(n),
    secret_sha256: '0'.repeat(64),
  })),
};

const uuid = (n: number): string => `00000000-0000-7000-9000-${n.toString(16).padStart(12, '0')}`;

/** A till of a store: it numbers from its lease and chains its documents, as an agent does. */
export class Till {
  readonly device_id: DeviceId;
  seq = 0;
  previous = CHAIN_START;
  readonly #n: number;
  readonly #store: { store_id: string; retailer_id?: string };

  constructor(n: number, store: { store_id: string; retailer_id?: string }) {
    this.#n = n;
    this.#store = store;
    this.device_id = kiosk(n);
  }

  #place(): Record<string, unknown> {
    this.seq++;
    return {
      store_id: this.#store.store_id,
      retailer_id: this.#store.retailer_id ?? retailer,
      device_id: this.device_id,
      tx_id: uuid(this.#n * 0x10000 + this.seq),
    };
  }

  /** A sale under a number, of these tags or else of an untagged article; `change` may break anything. */
  sell(
    lease: Pick<NumberLease, 'lease_id' | 'epoch' | 'register'>,
    value: number,
    epcs: string[] = [],
    change: Record<string, unknown> = {},
  ): OfflineSale {
    const place = this.#place();
    const model = sealedSale(this.seq);
    const trip = uuid(this.#n * 0x100000 + this.seq);
    const text = deviceNumberText('HS', lease.register, value);
    const [line] = model.lines;
    if (line === undefined) throw new Error('no line');
    const tagged = epcs.map((epc, i) => ({
      ...line,
      line_id: `lin_${i + 1}`,
      epc,
      quantity: 1,
      discount: 0,
      total: 574,
      promotions: [],
    }));
    const total = 574 * epcs.length;
    const amounts = epcs.length === 0 ? { ...model.totals } : { subtotal: total, discount: 0, tax: 0, total };
    const sale = sealedSale(this.seq, this.previous, {
      ...place,
      order_id: `ord_${trip}`,
      basket_id: `bsk_${trip}`,
      number: { lease_id: lease.lease_id, epoch: lease.epoch, value, text },
      ...(epcs.length === 0
        ? {}
        : {
            lines: tagged,
            promotions: [],
            totals: amounts,
            tax: { inclusive: true, rounding: 'line', rows: [] },
            payments: [{ method: 'cash', amount: total, tendered: total, change: 0, rounding: 0 }],
          }),
      receipt: {
        ...model.receipt,
        order: { ...model.receipt.order, id: `ord_${trip}`, number: text },
        total: amounts.total,
      },
      ...change,
    });
    this.previous = sale.digest;
    return sale;
  }

  void({ lease_id, epoch }: NumberLease, from: number, to: number): OfflineDocument {
    const place = this.#place();
    const document = sealedVoid(this.seq, this.previous, from, to, {
      ...place,
      lease_id,
      epoch,
    });
    this.previous = document.digest;
    return document;
  }
}

/** A document as the route hands it to the store. */
export const uploadOf = (document: OfflineDocument): Uploaded => ({
  place: {
    tx_id: document.tx_id,
    device_id: document.device_id,
    device_seq: document.device_seq,
  },
  document,
});
