import type { ScanTest, ScanTestAnswer } from '../../shared/api/scan_test.ts';
import { explainScan } from '../../shared/basket/explain_scan.ts';
import { scanRules } from '../../shared/catalog/resolve.ts';
import { splitScan } from '../../shared/catalog/scan.ts';
import { markOf } from './marks.ts';
import type { Scope } from './scope.ts';
import { shelfLookup } from './shelf.ts';

/** How the selling shelf would understand a code at this moment. Nothing is reserved and nothing written. */
export function explainScanAt({ sql, config, now }: Scope, test: ScanTest): ScanTestAnswer {
  const shelf_version = markOf(sql, 'shelf_version');
  const rules = scanRules(config, now);
  const { code, symbology, aim, source = 'camera' } = test;
  const codes = source === 'rfid' ? [code] : splitScan(code, rules.policy.multi_scan_separator);
  const lookup = shelfLookup(sql, shelf_version);
  return {
    scans: codes.map((raw) => explainScan({ raw, symbology, aim, source }, lookup, rules)),
    currency: config.currency,
    shelf_version,
  };
}
