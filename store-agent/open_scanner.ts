import { openHidScanner } from '../hardware/hid/driver.ts';
import type { DriverContext, Scanner } from '../hardware/port.ts';
import { openSerialScanner, openWedgeScanner } from '../hardware/scanner/driver.ts';
import type { AgentConfig } from './config.ts';

/** Opens the scanner of a configuration, whatever way it is read. Returns at once. */
export function openScanner(scanner: AgentConfig['scanners'][number], context: DriverContext): Scanner {
  switch (scanner.kind) {
    case 'hid': {
      const { vendor_id, product_id, path } = scanner;
      return openHidScanner(
        {
          ...(vendor_id === undefined ? {} : { vendorId: vendor_id }),
          ...(product_id === undefined ? {} : { productId: product_id }),
          ...(path === undefined ? {} : { path }),
        },
        context,
      );
    }
    case 'wedge': {
      const { path, layout, terminators } = scanner;
      return openWedgeScanner(
        { path, layout, ...(terminators === undefined ? {} : { terminators }) },
        context,
      );
    }
    case 'serial': {
      const { path, baud, terminators } = scanner;
      return openSerialScanner(
        {
          path,
          ...(baud === undefined ? {} : { baud }),
          ...(terminators === undefined ? {} : { terminators }),
        },
        context,
      );
    }
  }
}
