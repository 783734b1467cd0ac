import type { Migration } from '../migrate.ts'

/**
 * What an auditor reads: the chain of everything that was done, and the operating points with the history of
 * their use. None of it can be changed or deleted; what is decided anew is a row of its own.
 */
export const evidence: Migration = {
  version: 2,
  name: 'evidence',
  sql: `
    -- hash: SHA-256 over the row and the hash before it (src/main/store/audit.ts). No column refers to another
    -- table: the chain says what was done whatever becomes of the rows that it tells of.
    CREATE TABLE audit (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      action TEXT NOT NULL,
      operator TEXT,
      run TEXT,
      dataset TEXT,
      image INTEGER,
      detail TEXT NOT NULL CHECK (json_valid(detail)),
      previous TEXT NOT NULL CHECK (length(previous) = 64),
      hash TEXT NOT NULL CHECK (length(hash) = 64)
    ) STRICT;
    CREATE INDEX audit_by_action ON audit (action, id);
    CREATE INDEX audit_by_run ON audit (run, id) WHERE run IS NOT NULL;

    CREATE TRIGGER audit_only_grows BEFORE INSERT ON audit
    WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM audit)
      OR NEW.previous IS NOT coalesce(
        (SELECT hash FROM audit ORDER BY id DESC LIMIT 1),
        '0000000000000000000000000000000000000000000000000000000000000000')
    BEGIN
      SELECT RAISE(ABORT, 'a row of the audit follows the last one');
    END;
    CREATE TRIGGER audit_is_final BEFORE UPDATE ON audit
    BEGIN
      SELECT RAISE(ABORT, 'a row of the audit is never changed');
    END;
    CREATE TRIGGER audit_stays BEFORE DELETE ON audit
    BEGIN
      SELECT RAISE(ABORT, 'a row of the audit is never deleted');
    END;

    -- validation: which images it was set on, by number and by a hash of their ids and labels. figures: what it
    -- gave on them when it was set.
    CREATE TABLE operating_point (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id TEXT NOT NULL REFERENCES run (id),
      name TEXT NOT NULL COLLATE NOCASE,
      version INTEGER NOT NULL CHECK (version > 0),
      score TEXT NOT NULL,
      k REAL NOT NULL,
      reduction TEXT NOT NULL,
      threshold REAL NOT NULL,
      least_area INTEGER CHECK (least_area > 0),
      least_strength REAL CHECK (least_strength > 0),
      target TEXT,
      interval_low REAL,
      interval_high REAL,
      validation TEXT NOT NULL CHECK (json_valid(validation)),
      figures TEXT NOT NULL CHECK (json_valid(figures)),
      operator_id INTEGER NOT NULL REFERENCES operator (id),
      reason TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      UNIQUE (run_id, name, version),
      CHECK ((least_area IS NULL) = (least_strength IS NULL))
    ) STRICT;
    CREATE TRIGGER operating_point_is_final BEFORE UPDATE ON operating_point
    BEGIN
      SELECT RAISE(ABORT, 'an operating point is never changed');
    END;
    CREATE TRIGGER operating_point_stays BEFORE DELETE ON operating_point
    BEGIN
      SELECT RAISE(ABORT, 'an operating point is never deleted');
    END;

    -- The newest row of a run says which of its points is in use.
    CREATE TABLE operating_point_use (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id TEXT NOT NULL REFERENCES run (id),
      point_id INTEGER NOT NULL REFERENCES operating_point (id),
      operator_id INTEGER NOT NULL REFERENCES operator (id),
      reason TEXT NOT NULL,
      used_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX operating_point_in_use ON operating_point_use (run_id, id);
    CREATE TRIGGER operating_point_use_is_final BEFORE UPDATE ON operating_point_use
    BEGIN
      SELECT RAISE(ABORT, 'the history of operating points is never changed');
    END;
    CREATE TRIGGER operating_point_use_stays BEFORE DELETE ON operating_point_use
    BEGIN
      SELECT RAISE(ABORT, 'the history of operating points is never deleted');
    END;

    -- areas: uint32, little-endian, the pixels of the largest connected region of the map at each of the levels
    -- of src/main/thresholds/region-profile.ts, so that area and strength can be changed without reading maps.
    CREATE TABLE region_profile (
      run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      image_id INTEGER NOT NULL REFERENCES image (id),
      scored_at INTEGER NOT NULL,
      areas BLOB NOT NULL,
      PRIMARY KEY (run_id, image_id)
    ) STRICT, WITHOUT ROWID;
  `,
}
