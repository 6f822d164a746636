/** Every limit of the broker, its unit in the name. docs/mqtt.md repeats them for those who build devices. */

/** Before CONNECT nobody is known, so little is believed: one small packet, soon. */
export const CONNECT_PACKET_BYTES_MAX = 4 * 1024;
export const CONNECT_TIMEOUT_MS = 5_000;
export const CONNECTIONS_MAX = 256;
export const CONNECTIONS_PER_ADDRESS_MAX = 64;
/** Connections of one address that have not signed in yet. */
export const STRANGERS_PER_ADDRESS_MAX = 32;
/** Refused sign-ins of one address: so many at once, then so many a second. */
export const REFUSED_SIGN_INS_BURST = 60;
export const REFUSED_SIGN_INS_PER_S = 1;
export const ADDRESSES_REMEMBERED_MAX = 1_024;

/** After CONNECT: more than any device of ours says at once. */
export const PACKET_BYTES_MAX = 64 * 1024;
export const PACKETS_PER_S_MAX = 5_000;
export const PACKETS_BURST_MAX = 20_000;
export const TOPIC_CHARS_MAX = 160;
export const TOPIC_LEVELS_MAX = 8;
export const SUBSCRIPTIONS_PER_CLIENT_MAX = 16;
/** A device that says nothing for one and a half of this is gone; it may promise less, never more. */
export const KEEPALIVE_S_MAX = 120;

/** Publishes of one device a second; above it they are dropped and counted. */
export const MESSAGES_PER_S_MAX = 50;
export const MESSAGES_BURST_MAX = 500;
export const MESSAGE_BYTES_PER_S_MAX = 128 * 1024;
export const MESSAGE_BYTES_BURST_MAX = 1024 * 1024;
/** A gate reads bags full of tags: what would be abuse from a kiosk is a busy day here. */
export const GATE_MESSAGES_PER_S_MAX = 2_000;
export const GATE_MESSAGES_BURST_MAX = 10_000;
export const GATE_BYTES_PER_S_MAX = 4 * 1024 * 1024;
export const GATE_BYTES_BURST_MAX = 16 * 1024 * 1024;
/** So many dropped messages within the window, and the connection ends. */
export const DROPS_BEFORE_CUT_MAX = 1_000;
export const DROPS_WINDOW_MS = 60_000;

/** What waits for a subscriber to read on. Above it, and not drained in time, its connection ends. */
export const OUTBOUND_BYTES_MAX = 256 * 1024;
export const DRAIN_TIMEOUT_MS = 50;
export const CONCURRENT_DELIVERIES_MAX = 1_000;

export const STATUS_BYTES_MAX = 8 * 1024;
export const STATUS_SHOWN_CHARS_MAX = 1_024;
export const BIRTH_BYTES_MAX = 8 * 1024;
export const EVENT_BYTES_MAX = 16 * 1024;
export const ACK_BYTES_MAX = 8 * 1024;
export const COMMAND_ARGS_BYTES_MAX = 4 * 1024;
/** Sessions of a device that have ended, by name: a birth that comes late cannot bring one back. */
export const ENDED_SESSIONS_REMEMBERED_MAX = 8;

export const COMMAND_TTL_MS_MIN = 100;
export const COMMAND_TTL_MS_MAX = 300_000;
export const COMMAND_TTL_MS_DEFAULT = 10_000;
export const COMMANDS_OPEN_PER_DEVICE_MAX = 16;
export const COMMAND_REPEAT_MS_FIRST = 1_000;
export const COMMAND_REPEAT_MS_MAX = 5_000;
/** An answer that was on its way when the command expired still counts. */
export const COMMAND_ACK_GRACE_MS = 1_000;
/** How long after its expiry an accepted command may take to say how it ended. */
export const COMMAND_OUTCOME_MS_MAX = 30_000;

/** What the broker keeps over a restart. */
export const RETAINED_MESSAGES_MAX = 1_024;
export const RETAINED_BYTES_MAX = 4 * 1024 * 1024;
export const QUEUED_PER_SESSION_MAX = 1_000;
export const QUEUED_BYTES_PER_SESSION_MAX = 1024 * 1024;
export const QUEUED_KEPT_MS = 24 * 3_600_000;
export const SESSIONS_KEPT_MAX = 32;
