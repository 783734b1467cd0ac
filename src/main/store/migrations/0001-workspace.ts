import type { Migration } from '../migrate.ts'

/**
 * The first workspace. Times are milliseconds since 1970 UTC, paths are relative with forward slashes, JSON is
 * text. A file is listed in `blob` only after it lies whole under images/.
 */
export const workspace: Migration = {
  version: 1,
  name: 'workspace',
  sql: `
    CREATE TABLE blob (
      sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
      format TEXT NOT NULL CHECK (format IN ('png', 'jpeg', 'tiff', 'bmp', 'webp')),
      bytes INTEGER NOT NULL CHECK (bytes > 0),
      stored_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE dataset (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL UNIQUE COLLATE NOCASE,
      created_at INTEGER NOT NULL,
      layout TEXT NOT NULL CHECK (layout IN ('mvtec', 'flat')),
      source TEXT NOT NULL,
      has_direction INTEGER NOT NULL DEFAULT 0 CHECK (has_direction IN (0, 1))
    ) STRICT;

    CREATE TABLE import (
      id TEXT PRIMARY KEY,
      dataset_id TEXT NOT NULL REFERENCES dataset (id),
      source TEXT NOT NULL,
      layout TEXT NOT NULL CHECK (layout IN ('mvtec', 'flat')),
      state TEXT NOT NULL CHECK (state IN ('running', 'done', 'cancelled', 'failed', 'interrupted')),
      started_at INTEGER NOT NULL,
      finished_at INTEGER,
      report TEXT CHECK (report IS NULL OR json_valid(report))
    ) STRICT;

    CREATE TABLE image (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      dataset_id TEXT NOT NULL REFERENCES dataset (id),
      sha256 TEXT NOT NULL REFERENCES blob (sha256),
      file TEXT NOT NULL,
      width INTEGER NOT NULL CHECK (width > 0),
      height INTEGER NOT NULL CHECK (height > 0),
      channels INTEGER NOT NULL CHECK (channels IN (1, 3)),
      bit_depth INTEGER NOT NULL CHECK (bit_depth IN (8, 16)),
      peak INTEGER NOT NULL CHECK (peak >= 0),
      split TEXT NOT NULL CHECK (split IN ('train', 'validation', 'test')),
      label TEXT NOT NULL CHECK (label IN ('normal', 'anomalous', 'unlabeled')),
      defect_type TEXT,
      mask_sha256 TEXT REFERENCES blob (sha256),
      part_group TEXT,
      warnings TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(warnings)),
      import_id TEXT NOT NULL REFERENCES import (id),
      imported_at INTEGER NOT NULL,
      removed_at INTEGER,
      UNIQUE (dataset_id, sha256)
    ) STRICT;
    CREATE INDEX image_by_use ON image (dataset_id, split, label) WHERE removed_at IS NULL;
    CREATE INDEX image_by_file ON image (dataset_id, file);
    CREATE INDEX image_by_blob ON image (sha256);
    CREATE INDEX image_by_mask ON image (mask_sha256) WHERE mask_sha256 IS NOT NULL;

    CREATE TABLE run (
      id TEXT PRIMARY KEY,
      dataset_id TEXT NOT NULL REFERENCES dataset (id),
      name TEXT,
      parent_run_id TEXT REFERENCES run (id),
      model TEXT NOT NULL,
      preset TEXT NOT NULL,
      seed INTEGER NOT NULL,
      config TEXT NOT NULL CHECK (json_valid(config)),
      state TEXT NOT NULL CHECK (
        state IN ('queued', 'training', 'paused', 'interrupted', 'trained', 'failed', 'cancelled')
      ),
      created_at INTEGER NOT NULL,
      started_at INTEGER,
      finished_at INTEGER,
      steps_done INTEGER NOT NULL DEFAULT 0,
      steps_total INTEGER NOT NULL DEFAULT 0,
      seconds REAL NOT NULL DEFAULT 0,
      losses TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(losses)),
      components TEXT CHECK (components IS NULL OR json_valid(components)),
      calibration TEXT CHECK (calibration IS NULL OR json_valid(calibration)),
      result TEXT CHECK (result IS NULL OR json_valid(result)),
      failure TEXT CHECK (failure IS NULL OR json_valid(failure)),
      resumed_count INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX run_by_dataset ON run (dataset_id, created_at);

    CREATE TABLE run_metric (
      run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      phase TEXT NOT NULL,
      name TEXT NOT NULL,
      step INTEGER NOT NULL,
      value REAL NOT NULL,
      PRIMARY KEY (run_id, phase, name, step)
    ) STRICT, WITHOUT ROWID;

    -- components: float32, little-endian, [tiles, components of the run], so that the kind of score, k and the
    -- reduction of tiles can be changed without scoring again.
    CREATE TABLE score (
      run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      image_id INTEGER NOT NULL REFERENCES image (id),
      score REAL NOT NULL,
      calibrated REAL,
      tiles INTEGER NOT NULL CHECK (tiles > 0),
      components BLOB NOT NULL CHECK (length(components) % (4 * tiles) = 0),
      map_file TEXT,
      map_scale REAL,
      map_width INTEGER,
      map_height INTEGER,
      reconstruction_file TEXT,
      warnings TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(warnings)),
      scored_at INTEGER NOT NULL,
      PRIMARY KEY (run_id, image_id)
    ) STRICT;
    CREATE INDEX score_queue ON score (run_id, score DESC, image_id);
    CREATE INDEX score_by_image ON score (image_id);

    CREATE TABLE operator (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE COLLATE NOCASE,
      created_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE decision (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id TEXT REFERENCES run (id),
      image_id INTEGER NOT NULL REFERENCES image (id),
      operator_id INTEGER NOT NULL REFERENCES operator (id),
      decision TEXT NOT NULL CHECK (decision IN ('accept', 'reject', 'unsure')),
      defect_type TEXT,
      note TEXT,
      score REAL,
      decided_at INTEGER NOT NULL,
      undone_at INTEGER,
      undone_by INTEGER REFERENCES operator (id),
      CHECK ((undone_at IS NULL) = (undone_by IS NULL))
    ) STRICT;
    CREATE INDEX decision_standing ON decision (image_id, id) WHERE undone_at IS NULL;
    CREATE INDEX decision_by_run ON decision (run_id, id);

    -- What an operator decided is evidence: it is taken back by a mark on it, and never changed or deleted.
    CREATE TRIGGER decision_is_final BEFORE UPDATE ON decision
    WHEN OLD.undone_at IS NOT NULL
      OR NEW.undone_at IS NULL
      OR NEW.id IS NOT OLD.id
      OR NEW.run_id IS NOT OLD.run_id
      OR NEW.image_id IS NOT OLD.image_id
      OR NEW.operator_id IS NOT OLD.operator_id
      OR NEW.decision IS NOT OLD.decision
      OR NEW.defect_type IS NOT OLD.defect_type
      OR NEW.note IS NOT OLD.note
      OR NEW.score IS NOT OLD.score
      OR NEW.decided_at IS NOT OLD.decided_at
    BEGIN
      SELECT RAISE(ABORT, 'a decision can only be undone, and only once');
    END;
    CREATE TRIGGER decision_stays BEFORE DELETE ON decision
    BEGIN
      SELECT RAISE(ABORT, 'a decision is never deleted');
    END;

    CREATE TABLE job (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      state TEXT NOT NULL CHECK (
        state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'interrupted')
      ),
      run_id TEXT REFERENCES run (id) ON DELETE SET NULL,
      dataset_id TEXT REFERENCES dataset (id) ON DELETE SET NULL,
      payload TEXT NOT NULL CHECK (json_valid(payload)),
      progress TEXT CHECK (progress IS NULL OR json_valid(progress)),
      result TEXT CHECK (result IS NULL OR json_valid(result)),
      created_at INTEGER NOT NULL,
      started_at INTEGER,
      finished_at INTEGER,
      failure TEXT CHECK (failure IS NULL OR json_valid(failure)),
      pid INTEGER
    ) STRICT;
    CREATE INDEX job_active ON job (state, created_at);

    CREATE TABLE setting (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL CHECK (json_valid(value))
    ) STRICT, WITHOUT ROWID;
  `,
}
