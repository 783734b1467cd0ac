import type { Migration } from '../migrate.ts'

/**
 * Datasets and runs that a person deleted: they can be put back until their files are cleared away. Their rows stay,
 * because the audit, decisions and thresholds name them. And what people note about runs.
 */
export const removed: Migration = {
  version: 19,
  name: 'removed',
  sql: `
    -- removed_name: what a removed dataset was called; its own name is free for a new one. cleared_at: its files are gone.
    ALTER TABLE dataset ADD COLUMN removed_at INTEGER;
    ALTER TABLE dataset ADD COLUMN removed_by TEXT;
    ALTER TABLE dataset ADD COLUMN removed_name TEXT;
    ALTER TABLE dataset ADD COLUMN cleared_at INTEGER;

    ALTER TABLE run ADD COLUMN removed_at INTEGER;
    ALTER TABLE run ADD COLUMN removed_by TEXT;
    ALTER TABLE run ADD COLUMN cleared_at INTEGER;
    ALTER TABLE run ADD COLUMN archived_at INTEGER;
    ALTER TABLE run ADD COLUMN note TEXT NOT NULL DEFAULT '';
    ALTER TABLE run ADD COLUMN tags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags));
  `,
}
