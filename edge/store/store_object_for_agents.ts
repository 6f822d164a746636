import type { z } from 'zod';
import type { CloudPrintJobId, OrderId } from '../../shared/ids/index.ts';
import type { LeaseNumbers, ShelfQuery } from '../../shared/offline/wire.ts';
import type { AgentCall, CloseLease, StoreForAgents, Uploaded } from '../../shared/rpc/agents.ts';
import { AskCloudPrint, type StoreForPrinters } from '../../shared/rpc/cloud_print.ts';
import { once } from './offline/agent_call.ts';
import { closeLease, leaseNumbers, openLeases } from './offline/leases.ts';
import { tillSale } from './offline/order_of_sale.ts';
import { shelfPage } from './offline/shelf_page.ts';
import { takeUpload } from './offline/take_documents.ts';
import {
  askCloudPrint,
  cloudPrintJob,
  fetchCloudPaper,
  nextCloudPaper,
  settleCloudPaper,
} from './print/cloud_jobs.ts';
import { StoreObjectForCloud } from './store_object_for_cloud.ts';

/** What store agents ask beside their feed, and printers without an agent. */
export abstract class StoreObjectForAgents
  extends StoreObjectForCloud
  implements StoreForAgents, StoreForPrinters
{
  async shelfPage(query: z.infer<typeof ShelfQuery>): ReturnType<StoreForAgents['shelfPage']> {
    this.provisioned();
    return shelfPage(this.sql, query);
  }

  async leaseNumbers(
    call: AgentCall,
    lease: z.infer<typeof LeaseNumbers>,
  ): ReturnType<StoreForAgents['leaseNumbers']> {
    const { agent } = call;
    return this.run(this.provisioned(), (s) => once(s, call, () => leaseNumbers(s, { ...lease, agent })));
  }

  async openLeases(): ReturnType<StoreForAgents['openLeases']> {
    return this.store === null ? [] : openLeases(this.sql);
  }

  async closeLease(call: AgentCall, close: CloseLease): ReturnType<StoreForAgents['closeLease']> {
    return this.run(this.provisioned(), (s) => once(s, call, () => closeLease(s, close)));
  }

  async tillSale(order_id: OrderId): ReturnType<StoreForAgents['tillSale']> {
    return this.store === null ? null : tillSale({ sql: this.sql, config: this.store.config }, order_id);
  }

  async takeDocuments(call: AgentCall, uploaded: Uploaded[]): ReturnType<StoreForAgents['takeDocuments']> {
    return this.run(this.provisioned(), (s) => once(s, call, () => takeUpload(s, call.agent, uploaded)));
  }

  // ---- for printers without an agent ----

  async askCloudPrint(call: AgentCall, input: AskCloudPrint): ReturnType<StoreForPrinters['askCloudPrint']> {
    const ask = AskCloudPrint.parse(input);
    return this.run(this.provisioned(), (scope) => once(scope, call, () => askCloudPrint(scope, ask)));
  }

  async cloudPrintJob(id: CloudPrintJobId): ReturnType<StoreForPrinters['cloudPrintJob']> {
    return this.store === null ? null : cloudPrintJob(this.sql, id);
  }

  async nextCloudPaper(
    printer: Parameters<StoreForPrinters['nextCloudPaper']>[0],
  ): ReturnType<StoreForPrinters['nextCloudPaper']> {
    return this.run(this.provisioned(), (scope) => nextCloudPaper(scope, printer));
  }

  async fetchCloudPaper(
    printer: Parameters<StoreForPrinters['fetchCloudPaper']>[0],
  ): ReturnType<StoreForPrinters['fetchCloudPaper']> {
    return this.run(this.provisioned(), (scope) => fetchCloudPaper(scope, printer));
  }

  async settleCloudPaper(
    settle: Parameters<StoreForPrinters['settleCloudPaper']>[0],
  ): ReturnType<StoreForPrinters['settleCloudPaper']> {
    return this.run(this.provisioned(), (scope) => settleCloudPaper(scope, settle));
  }
}
