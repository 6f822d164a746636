import { z } from 'zod';
import { Currency } from '../shared/money/currency.ts';
import { device, hostAndPort, plainUrl } from './device_config.ts';

// The card terminals of the agent's configuration file.

const ZVT_PORT_DEFAULT = 20_007;

const TerminalUrl = z.string().transform((text, context): { host: string; port: number } => {
  const url = plainUrl(text);
  if (url?.protocol === 'zvt:' && url.pathname.length <= 1) return hostAndPort(url, ZVT_PORT_DEFAULT);
  context.addIssue({ code: 'custom', message: 'expected zvt://host:port' });
  return z.NEVER;
});

export const Terminal = z.strictObject({
  id: z.string().min(1).max(64),
  name: z.string().min(1).max(100),
  url: TerminalUrl,
  /** Of the terminal's account. */
  currency: Currency,
  /** The kiosk or till that it stands at; without it any of them may use it. */
  kiosk_id: device('ksk').optional(),
});
