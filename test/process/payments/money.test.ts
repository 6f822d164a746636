import { afterAll, beforeAll, describe } from 'vitest';
import { cash } from './cash.ts';
import { gateAfterRefund } from './gate_after_refund.ts';
import { lostAnswer } from './lost_answer.ts';
import { misbehaviour } from './misbehaviour.ts';
import { mobileMoney } from './mobile_money.ts';
import { noSecrets } from './no_secrets.ts';
import { refunds } from './refunds.ts';
import { Rig } from './rig.ts';
import { split } from './split.ts';
import { threeDs } from './three_ds.ts';

/** One demo with fakes of the providers on sockets: every journey of money, and then what all of it left on the disk. */
const rig = new Rig();
beforeAll(() => rig.start());
afterAll(() => rig.stop());

describe('an answer that is lost', () => lostAnswer(rig));
describe('the bank’s page and a reservation', () => threeDs(rig));
describe('several tenders', () => split(rig));
describe('telephones that pay', () => mobileMoney(rig));
describe('nothing to pay, and cash', () => cash(rig));
describe('refunds', () => refunds(rig));
describe('goods that come back', () => gateAfterRefund(rig));
describe('a gateway that misbehaves', () => misbehaviour(rig));
describe('what is left on the disk', () => noSecrets(rig));
