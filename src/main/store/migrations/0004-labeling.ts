import type { Migration } from '../migrate.ts'

/**
 * Drawn masks, kinds of defects, frozen validation sets, badges and PINs, decisions in
 * bulk and by a second operator, watched folders.
 */
export const labeling: Migration = {
  version: 4,
  name: 'labeling',
  sql: `
    -- shapes: src/shared/annotation.ts. What is drawn; image.mask_sha256 is the picture that was made of it.
    CREATE TABLE annotation (
      image_id INTEGER PRIMARY KEY REFERENCES image (id),
      shapes TEXT NOT NULL CHECK (json_valid(shapes)),
      operator_id INTEGER REFERENCES operator (id),
      updated_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE defect_type (
      dataset_id TEXT NOT NULL REFERENCES dataset (id),
      name TEXT NOT NULL COLLATE NOCASE,
      color TEXT NOT NULL,
      place INTEGER NOT NULL,
      PRIMARY KEY (dataset_id, name)
    ) STRICT, WITHOUT ROWID;

    ALTER TABLE dataset ADD COLUMN validation_frozen_at INTEGER;

    -- A frozen validation set is what thresholds and comparisons were measured on: nothing joins it, leaves it or
    -- changes in it, whoever writes.
    CREATE TRIGGER frozen_validation_stays BEFORE UPDATE OF split, label, defect_type, mask_sha256, removed_at ON image
    WHEN (OLD.split = 'validation' OR NEW.split = 'validation')
      AND (OLD.split IS NOT NEW.split OR OLD.label IS NOT NEW.label OR OLD.defect_type IS NOT NEW.defect_type
        OR OLD.mask_sha256 IS NOT NEW.mask_sha256 OR OLD.removed_at IS NOT NEW.removed_at)
      AND EXISTS (SELECT 1 FROM dataset WHERE id = NEW.dataset_id AND validation_frozen_at IS NOT NULL)
    BEGIN
      SELECT RAISE(ABORT, 'the validation set is frozen');
    END;
    CREATE TRIGGER frozen_validation_is_whole BEFORE INSERT ON image
    WHEN NEW.split = 'validation'
      AND EXISTS (SELECT 1 FROM dataset WHERE id = NEW.dataset_id AND validation_frozen_at IS NOT NULL)
    BEGIN
      SELECT RAISE(ABORT, 'the validation set is frozen');
    END;

    -- One index for each order of the grid, with what its filters ask, so that a page is found without reading rows.
    CREATE INDEX image_in_order ON image (dataset_id, removed_at, id, split, label, defect_type, imported_at, file);
    CREATE INDEX image_by_name ON image (dataset_id, removed_at, file, id, split, label, defect_type, imported_at);
    CREATE INDEX image_by_time ON image (dataset_id, removed_at, imported_at, id, split, label, defect_type, file);

    ALTER TABLE operator ADD COLUMN badge TEXT;
    ALTER TABLE operator ADD COLUMN pin TEXT;
    CREATE UNIQUE INDEX operator_by_badge ON operator (badge) WHERE badge IS NOT NULL;

    CREATE TABLE decision_batch (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id TEXT NOT NULL REFERENCES run (id),
      operator_id INTEGER NOT NULL REFERENCES operator (id),
      decided_at INTEGER NOT NULL
    ) STRICT;
    ALTER TABLE decision ADD COLUMN batch_id INTEGER REFERENCES decision_batch (id);
    -- blind: without seeing what another operator had decided. settle: about decisions that disagree.
    ALTER TABLE decision ADD COLUMN role TEXT NOT NULL DEFAULT 'review' CHECK (role IN ('review', 'blind', 'settle'));
    CREATE INDEX decision_of_batch ON decision (batch_id) WHERE batch_id IS NOT NULL;
    CREATE INDEX decision_by_operator ON decision (image_id, operator_id, id) WHERE undone_at IS NULL;

    CREATE TABLE live_watch (
      id TEXT PRIMARY KEY,
      folder TEXT NOT NULL,
      result_folder TEXT NOT NULL,
      run_id TEXT NOT NULL REFERENCES run (id),
      dataset_id TEXT NOT NULL REFERENCES dataset (id),
      active INTEGER NOT NULL CHECK (active IN (0, 1)),
      created_at INTEGER NOT NULL
    ) STRICT;

    -- A file that came: one row from the moment that it is whole. A row without a verdict is what is left to do.
    CREATE TABLE live_part (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      watch_id TEXT NOT NULL REFERENCES live_watch (id),
      file TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      modified_at INTEGER NOT NULL,
      image_id INTEGER REFERENCES image (id),
      arrived_at INTEGER NOT NULL,
      verdict TEXT CHECK (verdict IN ('good', 'flagged', 'refused')),
      score REAL,
      threshold REAL,
      reason TEXT,
      judged_at INTEGER,
      written_at INTEGER,
      UNIQUE (watch_id, file, bytes, modified_at)
    ) STRICT;
    CREATE INDEX live_part_open ON live_part (watch_id, id) WHERE verdict IS NULL;
    CREATE INDEX live_part_unwritten ON live_part (watch_id, id) WHERE written_at IS NULL;
  `,
}
