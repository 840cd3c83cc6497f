/** Every limit has a name and a reason here. Nothing that grows is without one. */

// ── Money and listings ──────────────────────────────────────────────────────────────────────────
/** Ten billion in cents: any sum of 9,000 such amounts is still a safe integer. */
export const AMOUNT_MINOR_MAX = 1_000_000_000_000
/** 100 % a year; every jurisdiction we know caps far below. */
export const RATE_PPM_MAX = 1_000_000
export const TERM_MONTHS_MAX = 360
/** A listing stays open for 30 days at most, then its bidders get their money back. */
export const LISTING_OPEN_MS_MAX = 30 * 24 * 60 * 60 * 1000
export const LISTING_OPEN_MS_MIN = 1_000
/** How long before its bidding opens a listing can be put on the market. */
export const LISTING_SCHEDULED_MS_MAX = 30 * 24 * 60 * 60 * 1000
/** Two reviewers have so long for a full listing, then its bidders get their money back: two days. */
export const REVIEW_MS_MAX = 2 * 24 * 60 * 60 * 1000
/** Reviewers whose approval a full listing needs, each another. */
export const APPROVALS_NEEDED = 2
/** So that closing a listing stays one entry of a few hundred kilobytes. What a listing's smallest bid may
 *  be follows from it (`misfitOf` in market/terms.ts). */
export const BIDS_PER_LISTING_MAX = 10_000
/** Listings open at once in a market. */
export const LISTINGS_OPEN_MAX = 50_000
/** Bids open at once in a market, some 200 bytes each; well below what one hash map can hold. */
export const BIDS_OPEN_MAX = 4_000_000
/** Bids whose owners the engine still knows after they have ended, some 60 bytes each: the last of some seconds at
 *  the highest load, of days in a quiet market. */
export const BIDS_ENDED_KNOWN_MAX = 262_144
/** Accounts the engine will hold; a few hundred bytes each. */
export const ACCOUNTS_MAX = 2_000_000

// ── Keys ────────────────────────────────────────────────────────────────────────────────────────
/** A key may be ahead of the clock of the gateway that writes it by so much, and not more: the answers to keys that
 *  are ahead have to be kept for so much longer. Who makes keys goes by that clock, which the gateway's frames tell. */
export const KEY_AHEAD_MS_MAX = 10_000
/** A key that was made within this time is never refused for its age. What is older may have been let go when there
 *  was no more room: a clock that is further behind, or a command that lay so long before it was sent. */
export const KEY_FRESH_MS = 30_000
/** Answers kept for all accounts together, 80 bytes each, 160 for an amendment: 320 to 640 MB. For longer than
 *  KEY_FRESH_MS and KEY_AHEAD_MS_MAX at 100,000 commands a second, which is more than one engine carries. */
export const KEYS_KEPT_MAX = 4_194_304
/** Answers that an account may have before it is the first to let an old one go when the market has no more room. */
export const KEYS_PER_ACCOUNT_SHARE = 2_048
/** Answers kept of what one account asks for itself; with nothing old among them it hears `busy`. More than it can ask
 *  for at the permitted rate, bursts included, while keys stay, and a quarter of what the market keeps. */
export const KEYS_PER_ACCOUNT_MAX = 1_048_576
/** How far the clocks of Redis and of those who write may be apart, and an entry's time from its writer's clock.
 *  Servers that keep their clocks are milliseconds apart; an append that takes this long was given up and sent
 *  again long before. Well below the shortest deadline that anybody would miss by it. */
export const CLOCKS_APART_MS_MAX = 60_000
/** Letters of what a journal writer calls itself: five times what ours do. */
export const SOURCE_LENGTH_MAX = 64
/** Journal writers remembered for `(source, batch)`; one is a process's lifetime. */
export const SOURCES_MAX = 1_024

// ── Journal ─────────────────────────────────────────────────────────────────────────────────────
/** Commands in one journal entry. Larger entries win little throughput and cost latency. */
export const COMMANDS_PER_ENTRY_MAX = 2_048
/** Commands waiting in one gateway for the next entry; past that callers hear `busy`. */
export const COMMANDS_QUEUED_MAX = 20_000
/** Commands that one gateway has taken in and not yet seen answered, some hundred bytes each; past that
 *  callers hear `busy`. Twice what waits at the highest load that one engine carries. */
export const COMMANDS_UNANSWERED_MAX = 40_000
/** Entries that the journal may be ahead of its engines, whoever wrote them, gateways that have gone too:
 *  many times what lies there while an engine starts again. Past that every caller hears `busy`. */
export const ENTRIES_UNANSWERED_MAX = 8_192
/** Something waits and no engine has said a word for so long: nothing more is taken in, so that what takes
 *  effect after an outage was asked within the first moments of it. Less than JOURNAL_WAIT_MS_MAX. */
export const ENGINE_SILENT_MS_MAX = 2_000
/** An entry that could not be written for so long is given up: its callers were told long ago that the
 *  outcome is not known, and the market has gone on. */
export const ENTRY_PATIENCE_MS = 10_000
/** Rows of a snapshot that an engine packs between two looks at the clock. */
export const SNAPSHOT_ROWS_PER_STEP_MAX = 128
/** An engine packs for so long before it looks whether somebody waits, and goes on later. */
export const SNAPSHOT_SLICE_MS_MAX = 1
/** The share of its time that it spends on a snapshot while it takes one. The rest is for those who wait for
 *  answers. */
export const SNAPSHOT_TIME_SHARE_MAX = 0.2
/** What a second engine waits for the first to answer before it does so itself: some twenty times what
 *  the first usually takes, and all that callers feel of its death. */
export const SECOND_ENGINE_WAIT_MS = 12
/** Listings and bids that time closes in one entry; one listing that is larger by itself closes alone.
 *  Ten thousand listings may end at the same moment: nobody's bid waits until all are closed. */
export const TIMED_ROWS_PER_ENTRY_MAX = 2_048
/** Listings and bids that the commands of one entry end, give back or displace, though it were two
 *  thousand commands that each cover a listing: 16 MB of answers at most, and one posting. What is covered
 *  beyond waits for the next entry; more than the bids of one listing, so that one alone always fits. */
export const CAUSED_ROWS_PER_ENTRY_MAX = 16_384
/** Entries an engine reads, applies and appends in one round. */
export const ENTRIES_PER_READ_MAX = 64

/** A snapshot at least every so many entries: about as many as an engine replays in a second or two. */
export const SNAPSHOT_EVERY_ENTRIES = 20_000
/** And at least this often when anything came: what a quiet market replays, and trims, by. */
export const SNAPSHOT_EVERY_MS = 60_000

// ── Every role ──────────────────────────────────────────────────────────────────────────────────
/** Something waits and nothing comes of it for this long: the role says so at /readyz. Longer than any
 *  commit takes, shorter than the lease, so that a settler that hangs is told of before it is replaced. */
export const PROGRESS_MS_MAX = 3_000

// ── Edge ────────────────────────────────────────────────────────────────────────────────────────
/** Commands in one batch frame or request. */
export const BATCH_COMMANDS_MAX = 1_000
/** One WebSocket message from outside: a batch of 1,000 as JSON takes 200 kB. */
export const MESSAGE_BYTES_MAX = 256 * 1024
/** One HTTP body from outside. */
export const BODY_BYTES_MAX = 256 * 1024
/** Lists and maps in each other in what comes from outside: a batch is four deep. */
export const NESTING_MAX = 8
/** Requests of one connection that wait for their answer at once. */
export const REQUESTS_IN_FLIGHT_MAX = 1_024
/** Bytes a reader may be behind before its private channel is closed (to be resumed). */
export const BUFFERED_BYTES_MAX = 4 * 1024 * 1024
export const CHANNELS_PER_CONNECTION_MAX = 64
/** Rows in one part of a channel's snapshot: some hundred kilobytes, a moment's work to write and to read. */
export const SNAPSHOT_PART_ROWS_MAX = 512
/** A snapshot of many rows is the same for all who begin to follow within so long; they hear after it what came
 *  meanwhile. So at most a few of them are made and kept, however many people come. */
export const SNAPSHOT_SHARED_MS = 5_000
/** Of one in a single part, as long as that is so few deltas: a few kilobytes, where making it anew takes ten
 *  milliseconds. */
export const SNAPSHOT_DELTAS_AFTER_MAX = 32
/** A reader with less than this before it has taken the part that it was sent. */
export const PART_TAKEN_BYTES = 16 * 1024
/** A reader that takes nothing at all of a snapshot for so long is closed. */
export const SNAPSHOT_STALLED_MS_MAX = 10_000
/** Rows that change at once, or that somebody has missed, before a new snapshot is sent instead, whose parts wait for
 *  each other: 2.5 MB when all of them are new listings, so that nobody is ever sent more than BUFFERED_BYTES_MAX
 *  in one go, and is closed for not having taken it. */
export const DELTA_ROWS_MAX = 8_192
/** Deltas a channel keeps for those who come back with `since`. */
export const DELTAS_KEPT_MAX = 512
/** The newest fills that the tape and a listing's page show. */
export const TAPE_FILLS_MAX = 50
/** Listings that have closed and are still shown in the market. */
export const CLOSED_LISTINGS_SHOWN_MAX = 100
/** Rows in one page of an answer. */
export const PAGE_ROWS_MAX = 500
/** Public channels are sent at most this often; a delta carries all that changed meanwhile. */
export const PUBLIC_FLUSH_MS = 100
/** A caller who asked to wait for `recorded` or `settled` hears what was reached by then. */
export const ACK_WAIT_MS_MAX = 10_000

/** Who asks what became of a key waits so long for settlement to come to the journal's end; many times what it
 *  takes under load. */
export const OUTCOME_WAIT_MS_MAX = 2_000

// ── Settlement ──────────────────────────────────────────────────────────────────────────────────
/** Entries, rows and bytes of one posting: a fraction of a second's work, so that stopping and
 *  starting again stay quick. One entry that is larger by itself is posted alone. */
export const POSTING_ENTRIES_MAX = 1_024
export const POSTING_ROWS_MAX = 48_000
export const POSTING_BYTES_MAX = 8 * 1024 * 1024
/** Rows that one statement changes: some hundred milliseconds on a slow disk, so that an entry of an earlier
 *  build, which may be larger than any posting, does not meet the time-out of a query at each attempt. */
export const STATEMENT_ROWS_MAX = 10_000
/** Recorded entries kept in memory for posting; when it falls further behind it reads the table. */
export const BACKLOG_BYTES_MAX = 32 * 1024 * 1024
/** Under load a stage commits at most this often: larger batches cost the machine far less, and nobody
 *  waits for these stages by the millisecond. When idle an entry does not wait. */
export const RECORD_EVERY_MS_MIN = 8
export const POST_EVERY_MS_MIN = 30
/** A job that has not been done by then is sent again. */
export const OUTBOX_RESEND_MS = 30_000
/** Jobs sent in one go. */
export const OUTBOX_ROWS_MAX = 500
/** The settler that works says so this often. */
export const LEASE_BEAT_MS = 1_000
/** One that has not said so for as long is taken for hung, and the next one works: some heartbeats, so that
 *  a busy machine is not taken for a dead one. */
export const LEASE_MS_MAX = 5_000
/** Entries from before the older snapshot that the journal may still keep once it was trimmed: some nodes
 *  of a stream, and room for a round that came to nothing. More of them say that trimming does not work,
 *  or that no snapshot is found sound. */
export const TRIM_BEHIND_ENTRIES_MAX = 1_000
/** Snapshots of the engine kept in Postgres. */
export const SNAPSHOTS_ARCHIVED = 2

// ── Who may ask how often ───────────────────────────────────────────────────────────────────────
/** Buckets of one account, refilled steadily up to their burst. A market maker re-pricing a thousand
 *  listings a few times a second stays below; a program gone wild does not reach the engine. */
export const BIDS_PER_SECOND_MAX = 5_000
export const BIDS_BURST_MAX = 10_000
/** More than for bids and counted apart, so that whoever is out of bids can still get out. */
export const CANCELS_PER_SECOND_MAX = 10_000
export const CANCELS_BURST_MAX = 20_000
/** Deposits and listings, by operators and their programs. */
export const COMMANDS_PER_SECOND_MAX = 1_000
export const COMMANDS_BURST_MAX = 5_000
export const QUERIES_PER_SECOND_MAX = 200
export const QUERIES_BURST_MAX = 1_000
/** Requests of one network address that is not signed in: a household behind one address. */
export const ANONYMOUS_PER_SECOND_MAX = 200
export const ANONYMOUS_BURST_MAX = 2_000
/** New persons from one address: each costs a password hash. */
export const REGISTRATIONS_PER_SECOND_MAX = 5
export const REGISTRATIONS_BURST_MAX = 300
/** All messages of one account, read or not: more than its bids and cancels together. */
export const MESSAGES_PER_SECOND_MAX = 20_000
export const MESSAGES_BURST_MAX = 40_000
/** Tokens of one network that turn out to be nobody's; one that is somebody's costs nothing. */
export const UNKNOWN_TOKENS_PER_SECOND_MAX = 10
export const UNKNOWN_TOKENS_BURST_MAX = 200
/** And of all networks together: what Postgres answers beside settlement without anybody noticing. */
export const UNKNOWN_TOKENS = { perSecond: 200, burst: 2_000 } as const
/** What making up a further one takes from the patience with a network: nobody's own program does so by mistake. */
export const UNKNOWN_TOKEN_PRICE = 10
/** Tokens that were found to be nobody's, a hundred bytes each, and for how long that is believed: a new one
 *  was never anybody's before, so only memory bounds it. */
export const UNKNOWN_TOKENS_KEPT_MAX = 10_000
export const UNKNOWN_TOKEN_MS = 60_000
/** What was refused for asking too often, by its price, before whoever goes on is closed: more than one honest
 *  client can have in flight, and more slowly than any that waits as long as it is told. */
export const LIMITED_BURST_MAX = 4_096
export const LIMITED_PER_SECOND_MAX = 50
/** And as many for each request that is let through: who asks for twice what there is and waits as told goes on. */
export const LIMITED_FORGIVEN = 4
/** Who was closed is heard again once so much of it has come back: ten seconds in which nothing is asked. */
export const LIMITED_RETURN = 500
/** Frames that are not the protocol before a connection is closed. */
export const MALFORMED_FRAMES_MAX = 8

// ── What is asked has a price, in requests ──────────────────────────────────────────────────────
/** A message costs one for so many bytes that it has begun: they are read before anything is known of it. */
export const MESSAGE_UNIT_BYTES = 1_024
/** A new WebSocket: a handshake, 10 kB, and a place that others do not have. */
export const CONNECTION_PRICE = 3
/** To follow a channel: what is missed, or a snapshot, is looked for. */
export const SUBSCRIPTION_PRICE = 3
/** Each part of a snapshot in addition: a hundred kilobytes, compressed for each reader, for whom it takes
 *  somewhat more than a millisecond. */
export const SNAPSHOT_PART_PRICE = 2
/** What is looked up in Postgres, or a page of a hundred rows: half a millisecond to a millisecond. */
export const RECORDS_PRICE = 2
/** A password is hashed: 30 ms of a thread, 19 MiB. */
export const PASSWORD_PRICE = 5

// ── Who may be connected ────────────────────────────────────────────────────────────────────────
/** Connections of one gateway; about 10 kB each before they follow anything. */
export const CONNECTIONS_MAX = 20_000
/** WebSockets of one network: a large office, and a twentieth of all. */
export const CONNECTIONS_PER_NETWORK_MAX = 1_000
/** Connections that one network opens, WebSockets or not: what says nothing is closed after ten seconds, so
 *  these times ten, and the burst, is what one network can hold without paying for a request. */
export const CONNECTIONS_OPENED_PER_SECOND_MAX = 50
export const CONNECTIONS_OPENED_BURST_MAX = 1_500
/** Connections beyond the limit that are still heard, to be told `busy`; further ones are closed unheard. */
export const CONNECTIONS_TURNED_AWAY_MAX = 256
/** Files that a gateway has open beside its connections: its servers, Postgres, Redis, the door for whoever
 *  runs it. Some thirty in use; the rest is what keeps that door open whatever comes. */
export const DESCRIPTORS_RESERVED = 128
/** With room for fewer connections a gateway does not start: somebody set the limit of open files for
 *  something else. */
export const CONNECTIONS_MIN = 64
/** Connections to the door for whoever runs a process. */
export const OPERATIONS_CONNECTIONS_MAX = 32
/** Bytes a reader may be behind before public channels are conflated for it alone. */
export const LAGGING_BYTES_MAX = 256 * 1024
/** A caller hears `journal-unavailable` after this; the command may still be carried out. */
export const JOURNAL_WAIT_MS_MAX = 5_000

// ── People ──────────────────────────────────────────────────────────────────────────────────────
/** Lengths of what people write, in code points. A name is shown on one line. */
export const NAME_LENGTH_MAX = 100
/** Long enough that it cannot be tried through at the pace that the guard of sign-ins allows. */
export const PASSWORD_LENGTH_MIN = 10
/** A sentence, and no more to hash than that. */
export const PASSWORD_LENGTH_MAX = 200
/** Of an e-mail address (RFC 5321). */
export const EMAIL_LENGTH_MAX = 254
/** Three times the tokens that we give out. */
export const TOKEN_LENGTH_MAX = 128
/** Of a channel's name: the longest is `listing:` with 16 digits. */
export const CHANNEL_NAME_LENGTH_MAX = 64
/** A session ends by itself after this. */
export const SESSION_MS_MAX = 7 * 24 * 60 * 60 * 1000
/** Sessions a gateway remembers; others are looked up again. */
export const SESSIONS_CACHED_MAX = 50_000
/** A remembered session is looked up again after this, should the news of its end have been lost. */
export const SESSION_TRUSTED_MS_MAX = 60_000
/** Sessions of one person, on all devices and in all programs; with a further one the oldest ends. */
export const SESSIONS_PER_PERSON_MAX = 64
/** Sessions that have ended by themselves, deleted by one statement; each gateway does so once in
 *  SESSIONS_PURGE_MS, so many times what people begin. */
export const SESSIONS_PURGED_MAX = 2_000
export const SESSIONS_PURGE_MS = 60_000
/** Sessions of open sockets that are asked for in one query. */
export const SESSIONS_ASKED_MAX = 1_000
/** Of what a device makes up to be known by: 128 random bits in base64url. */
export const DEVICE_LENGTH_MIN = 22
/** Devices of one person that are known; with a further one the one longest not seen is forgotten. */
export const DEVICES_PER_PERSON_MAX = 32
/** Passwords being hashed or checked at once: each takes 19 MiB and one of libuv's four threads for some 30 ms. */
export const PASSWORDS_IN_FLIGHT_MAX = 3
/** Passwords that wait for it: five seconds' worth. */
export const PASSWORDS_WAITING_MAX = 512
/** Of one network: a class of pupils who sign in at the same moment. */
export const PASSWORDS_WAITING_PER_NETWORK_MAX = 64

/** Accounts that a gateway knows to exist, eight bytes each; others are looked up again. */
export const ACCOUNTS_CACHED_MAX = 200_000

/** Budgets of tries to sign in, each with so many at once and one more every so often. What they come to is told in
 *  gateway/person/sign-in-guard.ts. From a device that the person has signed in from before: */
export const SIGN_INS_BY_DEVICE = { burst: 10, everyMs: 60_000 } as const
/** From one network, for all e-mail addresses: an office whose people mistype on Monday morning. */
export const SIGN_INS_BY_NETWORK = { burst: 50, everyMs: 10_000 } as const
/** From one network for one e-mail address, whatever happens elsewhere: enough to mistype twice. */
export const SIGN_INS_FIRST = { burst: 3, everyMs: 8 * 60 * 60_000 } as const
/** After those: */
export const SIGN_INS_MORE = { burst: 2, everyMs: 15 * 60_000 } as const
/** What all networks together have for one e-mail address after their first tries. */
export const SIGN_INS_FROM_UNKNOWN = { burst: 20, everyMs: 60_000 } as const
/** Budgets of each kind that are remembered, some hundred bytes each. */
export const SIGN_IN_BUDGETS_KEPT_MAX = 20_000
/** Tries that are being looked at may give back what they hold: ask again after so long. */
export const SIGN_IN_IN_FLIGHT_RETRY_MS = 1_000
