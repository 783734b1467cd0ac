import type { Migration } from '../migrate.ts'

/** How often in a row a wrong PIN was tried for an operator, and until when no further try is taken. */
export const pinTries: Migration = {
  version: 15,
  name: 'pin-tries',
  sql: `
    ALTER TABLE operator ADD COLUMN pin_tries INTEGER NOT NULL DEFAULT 0 CHECK (pin_tries >= 0);
    ALTER TABLE operator ADD COLUMN pin_tried_at INTEGER NOT NULL DEFAULT 0;
  `,
}
