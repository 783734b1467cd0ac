import type { Migration } from '../migrate.ts'

/**
 * When, by whom and by which decision a flagged part was seen: until then it waits in a queue. Parts that were flagged
 * before count as seen when they were judged, as the screen then showed them.
 */
export const seenParts: Migration = {
  version: 18,
  name: 'seen-parts',
  sql: `
    ALTER TABLE live_part ADD COLUMN seen_at INTEGER;
    ALTER TABLE live_part ADD COLUMN seen_by INTEGER REFERENCES operator (id);
    -- Null where it was seen without a decision.
    ALTER TABLE live_part ADD COLUMN seen_decision_id INTEGER REFERENCES decision (id);
    UPDATE live_part SET seen_at = judged_at WHERE verdict = 'flagged';
    CREATE INDEX live_part_unseen ON live_part (id) WHERE verdict = 'flagged' AND seen_at IS NULL;
    CREATE INDEX live_part_seen_by ON live_part (seen_by, seen_at, id) WHERE seen_by IS NOT NULL;
  `,
}
