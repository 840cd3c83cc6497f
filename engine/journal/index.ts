/** The journal of a market: what was asked and what came of it, in Redis. See journal.ts for the
 *  invariants. */
export { appendEvents, isSaid } from './append-events.ts'
export type { Appended, Conclusion } from './append-events.ts'
export {
  decodeCommandBody,
  decodeEventBody,
  encodeCommandBody,
  encodeEventBody,
  isSayable,
} from './codec.ts'
export type { EventParts } from './codec.ts'
export { assertInTime } from './clock.ts'
export { CommandWriter } from './command-writer.ts'
export type { Written } from './command-writer.ts'
export { countUnanswered } from './count-unanswered.ts'
export { readJournalEnd } from './journal-end.ts'
export {
  Diverged,
  EntryUnreadable,
  JournalForeign,
  JournalLost,
  JournalMisconfigured,
  MissedEntries,
  RulesDiffer,
} from './failure.ts'
export { holdWhatItCarries } from './identity.ts'
export { assertIsRecordOf, isEmpty, joinRecord, readMarket, recordRules } from './join-record.ts'
export { connectJournal, Journal } from './journal.ts'
export type { JournalOptions } from './journal.ts'
export { readCommands } from './read-commands.ts'
export { readEvents } from './read-events.ts'
export { readRawPairs } from './read-pairs.ts'
export type { RawPair } from './read-pairs.ts'
export { lastId } from './read-stream.ts'
export type { ReadOptions } from './read-stream.ts'
export { beginRestoring, finishRestoring, RESTORED_ENTRIES_MAX, restoreEntries } from './restore.ts'
export { adoptRules, assertOurRules, readRules } from './rules.ts'
export type { HeldRules } from './rules.ts'
export {
  assertFromBeginning,
  assertOfMarket,
  dropSnapshot,
  listSnapshots,
  loadNewestSnapshot,
  loadSnapshot,
  markSound,
  noteUnusable,
  packChunks,
  packSlices,
  readStored,
  readChunk,
  saveSnapshot,
  SnapshotDamaged,
} from './snapshot.ts'
export type { SnapshotHead, SnapshotPosition } from './snapshot.ts'
export { oldestEntries, trimTo } from './trim.ts'
export { watchClock } from './watch-clock.ts'
