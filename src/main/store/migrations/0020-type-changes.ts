import type { Migration } from '../migrate.ts'

/** Defect types that were renamed or deleted, with what that changed on each photograph, so that it can be undone. */
export const typeChanges: Migration = {
  version: 20,
  name: 'type-changes',
  sql: `
    CREATE TABLE type_change (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      dataset_id TEXT NOT NULL REFERENCES dataset (id),
      kind TEXT NOT NULL CHECK (kind IN ('rename', 'remove')),
      name TEXT NOT NULL,
      becomes TEXT NOT NULL,
      color TEXT NOT NULL,
      place INTEGER NOT NULL,
      changed_by TEXT,
      changed_at INTEGER NOT NULL,
      undone_at INTEGER
    ) STRICT;

    -- whole: the type that the photograph itself had, null where it was another one. shapes: which of its shapes had
    -- the type, with the name as it was written there. drawn_before, drawn_at: when the shapes were stored before the
    -- change, and by it.
    CREATE TABLE type_change_image (
      change_id INTEGER NOT NULL REFERENCES type_change (id) ON DELETE CASCADE,
      image_id INTEGER NOT NULL REFERENCES image (id),
      whole TEXT,
      shapes TEXT NOT NULL CHECK (json_valid(shapes)),
      drawn_before INTEGER,
      drawn_at INTEGER,
      PRIMARY KEY (change_id, image_id)
    ) STRICT, WITHOUT ROWID;
  `,
}
