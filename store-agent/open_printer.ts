import { openEposPrinter } from '../hardware/epos/driver.ts';
import { openEscposPrinter } from '../hardware/escpos/driver.ts';
import type { DriverContext, Printer } from '../hardware/port.ts';
import { charsetOf, GENERIC, profileNamed } from '../shared/receipt/index.ts';
import type { PrinterConfig } from './config.ts';
import type { QueuePrinter } from './printing/queue.ts';

/** Opens a printer by the scheme of its address. */
export function openPrinter(printer: PrinterConfig, driver: DriverContext): QueuePrinter {
  const profile = profileNamed(printer.profile) ?? GENERIC;
  const { id, columns } = printer;
  return { id, columns, profile, charset: charsetOf(profile, true), device: deviceOf(printer, driver) };
}

function deviceOf(printer: PrinterConfig, driver: DriverContext): Printer {
  const { url, drawer_open_level, certificate_file } = printer;
  const drawer = drawer_open_level === undefined ? {} : { drawerOpenLevel: drawer_open_level };
  if (url.protocol === 'epos') {
    const certificate = certificate_file === undefined ? {} : { certificateFile: certificate_file };
    return openEposPrinter({ base: url.base, devid: url.devid, ...certificate, ...drawer }, driver);
  }
  const { asb, gsr } = profileNamed(printer.profile) ?? GENERIC;
  return openEscposPrinter({ host: url.host, port: url.port, profile: { asb, gsr, ...drawer } }, driver);
}
