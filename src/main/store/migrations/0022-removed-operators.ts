import type { Migration } from '../migrate.ts'

/**
 * Operators who are not to sign in any more. Their rows stay, because decisions and drawings name them. The version
 * also keeps older programs away from drawings with holes and with regions to be ignored, which they would misread.
 */
export const removedOperators: Migration = {
  version: 22,
  name: 'removed-operators',
  sql: `
    -- removed_badge: the badge of then; the badge itself is free for somebody else.
    ALTER TABLE operator ADD COLUMN removed_at INTEGER;
    ALTER TABLE operator ADD COLUMN removed_by TEXT;
    ALTER TABLE operator ADD COLUMN removed_badge TEXT;
  `,
}
