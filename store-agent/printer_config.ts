import { z } from 'zod';
import { PROFILE_NAMES } from '../shared/receipt/index.ts';
import { device, hostAndPort, isHttp, plainUrl } from './device_config.ts';

// The printers of the agent's configuration file.

const ESCPOS_PORT_DEFAULT = 9100;
/** The name that Epson's printers give themselves. */
const EPOS_DEVID_DEFAULT = 'local_printer';

/** What a printer speaks and where, by the scheme of its address. */
type PrinterUrl =
  | { protocol: 'escpos'; host: string; port: number }
  /** Without a trailing slash; `devid` is the printer's name within its own web service. */
  | { protocol: 'epos'; base: string; devid: string };

const PRINTER_URLS = 'expected tcp://host:port, epos+http://host?devid=… or epos+https://host?devid=…';

const PrinterUrl = z.string().transform((text, context): PrinterUrl => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const devid = url?.searchParams.get('devid') ?? EPOS_DEVID_DEFAULT;
  const place = plainUrl(text.replace(/\?devid=[\w.-]{1,64}$/, ''));
  const [vendor, carrier = ''] = (place?.protocol ?? '').replace(/:$/, '').split('+');
  if (place !== null && place.pathname.length <= 1) {
    if (vendor === 'tcp' && url?.search === '')
      return { protocol: 'escpos', ...hostAndPort(place, ESCPOS_PORT_DEFAULT) };
    if (vendor === 'epos' && isHttp(carrier))
      return { protocol: 'epos', base: `${carrier}://${place.host}`, devid };
  }
  context.addIssue({ code: 'custom', message: PRINTER_URLS });
  return z.NEVER;
});

export const Printer = z.strictObject({
  id: device('prn'),
  name: z.string().min(1).max(100),
  url: PrinterUrl,
  columns: z.union([z.literal(48), z.literal(42), z.literal(32)]).default(48),
  /** What the model understands: see docs/printers.md. */
  profile: z.enum(PROFILE_NAMES).default('generic'),
  /** Which level of the drawer's switch means open; without it the drawer's state is not known. */
  drawer_open_level: z.enum(['high', 'low']).optional(),
  /** The printer's own certificate (PEM), for epos+https. */
  certificate_file: z.string().min(1).optional(),
});
