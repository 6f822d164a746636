import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../env.ts';

/** The messages of one payment account as they came; its name is the account key. */
export class WebhookInboxObject extends DurableObject<Env> {}
