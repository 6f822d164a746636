import type { AgentConfig } from '../config.ts';
import { errorText, type Log } from '../log.ts';
import type { QueuePrinter } from '../printing/queue.ts';

/** Opens the cash drawer that hangs on the printer of a device, where the configuration says that one does. */
export function drawerOpener(tills: AgentConfig['tills'], printers: readonly QueuePrinter[], log: Log) {
  return (deviceId: string): void => {
    const stands = tills.find((one) => one.device_id === deviceId);
    const id = stands?.printer_id ?? printers[0]?.id;
    const printer = printers.find((one) => one.id === id);
    if (stands?.drawer !== true || printer === undefined) return;
    const failed = (detail: string): void =>
      log('warn', 'the cash drawer did not open', { printer: id, detail });
    printer.device.kickDrawer().then(
      (outcome) => {
        if (outcome.result !== 'printed') failed(outcome.detail);
      },
      (error: unknown) => failed(errorText(error)),
    );
  };
}
