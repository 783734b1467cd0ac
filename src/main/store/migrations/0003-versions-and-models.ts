import type { Migration } from '../migrate.ts'

/**
 * Curated versions of a dataset's training images, the runs that were trained on them, and the history of the
 * model in use. All three are only ever added to.
 */
export const versionsAndModels: Migration = {
  version: 3,
  name: 'versions-and-models',
  sql: `
    -- number counts 1, 2, 3 ... within the dataset; sha256 is of the sorted hashes of its images.
    CREATE TABLE dataset_version (
      id TEXT PRIMARY KEY,
      dataset_id TEXT NOT NULL REFERENCES dataset (id),
      number INTEGER NOT NULL CHECK (number > 0),
      parent_id TEXT REFERENCES dataset_version (id),
      created_at INTEGER NOT NULL,
      operator_id INTEGER REFERENCES operator (id),
      reason TEXT NOT NULL,
      images INTEGER NOT NULL CHECK (images > 0),
      sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
      UNIQUE (dataset_id, number)
    ) STRICT;
    CREATE TABLE dataset_version_image (
      version_id TEXT NOT NULL REFERENCES dataset_version (id),
      image_id INTEGER NOT NULL REFERENCES image (id),
      PRIMARY KEY (version_id, image_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX dataset_version_by_image ON dataset_version_image (image_id);

    CREATE TRIGGER dataset_version_is_final BEFORE UPDATE ON dataset_version
    BEGIN
      SELECT RAISE(ABORT, 'a version of a dataset is never changed');
    END;
    CREATE TRIGGER dataset_version_stays BEFORE DELETE ON dataset_version
    BEGIN
      SELECT RAISE(ABORT, 'a version of a dataset is never deleted');
    END;
    CREATE TRIGGER dataset_version_image_is_final BEFORE UPDATE ON dataset_version_image
    BEGIN
      SELECT RAISE(ABORT, 'a version of a dataset is never changed');
    END;
    CREATE TRIGGER dataset_version_image_stays BEFORE DELETE ON dataset_version_image
    BEGIN
      SELECT RAISE(ABORT, 'a version of a dataset is never changed');
    END;
    -- A version has as many images as it was made with.
    CREATE TRIGGER dataset_version_is_complete BEFORE INSERT ON dataset_version_image
    WHEN (SELECT count(*) FROM dataset_version_image WHERE version_id = NEW.version_id)
      >= (SELECT images FROM dataset_version WHERE id = NEW.version_id)
    BEGIN
      SELECT RAISE(ABORT, 'a version of a dataset is never changed');
    END;

    CREATE TABLE retraining (
      run_id TEXT PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
      version_id TEXT NOT NULL REFERENCES dataset_version (id),
      start TEXT NOT NULL CHECK (start IN ('warm', 'beginning'))
    ) STRICT;

    -- 256 bits of a difference hash, hexadecimal, by the bytes of the picture.
    CREATE TABLE picture_hash (
      sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
      hash TEXT NOT NULL CHECK (length(hash) = 64)
    ) STRICT, WITHOUT ROWID;
    -- 16 x 16 cells of brightness (uint16, little-endian), by the bytes of the picture; see images/likeness.ts.
    CREATE TABLE picture_cells (
      sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
      cells BLOB NOT NULL CHECK (length(cells) = 512)
    ) STRICT, WITHOUT ROWID;

    -- The newest row of a dataset says which run is in use since when; gate is what the decision rested on.
    CREATE TABLE model_use (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      dataset_id TEXT NOT NULL REFERENCES dataset (id),
      run_id TEXT NOT NULL REFERENCES run (id),
      action TEXT NOT NULL CHECK (action IN ('promote', 'rollback')),
      operator_id INTEGER REFERENCES operator (id),
      since INTEGER NOT NULL,
      reason TEXT,
      gate TEXT CHECK (gate IS NULL OR json_valid(gate))
    ) STRICT;
    CREATE INDEX model_use_by_dataset ON model_use (dataset_id, id);
    CREATE TRIGGER model_use_is_final BEFORE UPDATE ON model_use
    BEGIN
      SELECT RAISE(ABORT, 'the history of the model in use is never changed');
    END;
    CREATE TRIGGER model_use_stays BEFORE DELETE ON model_use
    BEGIN
      SELECT RAISE(ABORT, 'the history of the model in use is never deleted');
    END;
  `,
}
