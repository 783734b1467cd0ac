import type { Migration } from '../migrate.ts'

/**
 * Inspection points: where a station takes photographs of parts, several at the same time. What was watched before
 * becomes the first one, which has the name that results and outputs have had for it. Several cameras may see a part,
 * which then has one verdict and one result. Recipes say what a product is judged by.
 *
 * SQLite cannot change the CHECK of a column, so that of the causes is replaced.
 */
export const inspectionPoints: Migration = {
  version: 24,
  name: 'inspection-points',
  sql: `
    -- A name stays what it is: results, outputs and machines know the point by it. most_waiting: of more parts that wait
    -- and that machines were told are late, the oldest are not judged; null: all are judged.
    CREATE TABLE inspection_point (
      name TEXT PRIMARY KEY,
      most_waiting INTEGER CHECK (most_waiting IS NULL OR most_waiting > 0),
      -- How names of files tell views of a part (src/shared/part-views.ts); null where each photograph is a part.
      views TEXT CHECK (views IS NULL OR json_valid(views)),
      created_at INTEGER NOT NULL,
      removed_at INTEGER
    ) STRICT;
    INSERT INTO inspection_point (name, most_waiting, created_at)
      VALUES ('line', 1000, coalesce((SELECT min(created_at) FROM live_watch), unixepoch() * 1000));

    ALTER TABLE live_watch ADD COLUMN point TEXT REFERENCES inspection_point (name);
    UPDATE live_watch SET point = 'line';
    CREATE INDEX live_watch_by_point ON live_watch (point, created_at);

    -- A part that several cameras see. number: as names of files have it. names: the views that it is to have.
    CREATE TABLE viewed_part (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      watch_id TEXT NOT NULL REFERENCES live_watch (id),
      number TEXT NOT NULL,
      names TEXT NOT NULL CHECK (json_valid(names)),
      began_at INTEGER NOT NULL,
      -- From then on it is incomplete where a view is missing.
      due_at INTEGER NOT NULL,
      verdict TEXT CHECK (verdict IN ('good', 'flagged', 'refused', 'incomplete')),
      judged_at INTEGER
    ) STRICT;
    CREATE INDEX viewed_part_by_number ON viewed_part (watch_id, number, id);
    CREATE INDEX viewed_part_open ON viewed_part (watch_id, due_at) WHERE verdict IS NULL;
    ALTER TABLE live_part ADD COLUMN viewed_part_id INTEGER REFERENCES viewed_part (id);
    ALTER TABLE live_part ADD COLUMN view TEXT;
    CREATE INDEX live_part_by_viewed_part ON live_part (viewed_part_id) WHERE viewed_part_id IS NOT NULL;

    -- What a product is judged by. A row is never changed: a recipe that is stored again is a new one. outputs: those
    -- that get its results; null for all of the point.
    CREATE TABLE recipe (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      point TEXT NOT NULL REFERENCES inspection_point (name),
      number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 65535),
      name TEXT NOT NULL,
      run_id TEXT NOT NULL REFERENCES run (id),
      operating_point_id INTEGER REFERENCES operating_point (id),
      outputs TEXT CHECK (outputs IS NULL OR json_valid(outputs)),
      created_at INTEGER NOT NULL,
      removed_at INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX recipe_number ON recipe (point, number) WHERE removed_at IS NULL;
    CREATE UNIQUE INDEX recipe_name ON recipe (point, name) WHERE removed_at IS NULL;

    -- Which was chosen when. Parts that come after belong to it; it judges from taken_at on. refused: why it cannot.
    CREATE TABLE recipe_use (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      recipe_id INTEGER NOT NULL REFERENCES recipe (id),
      point TEXT NOT NULL,
      run_id TEXT NOT NULL REFERENCES run (id),
      operating_point_id INTEGER REFERENCES operating_point (id),
      outputs TEXT,
      asked_by TEXT,
      asked_at INTEGER NOT NULL,
      taken_at INTEGER,
      refused TEXT CHECK (refused IS NULL OR json_valid(refused))
    ) STRICT;
    CREATE INDEX recipe_use_by_point ON recipe_use (point, id);
    ALTER TABLE live_watch ADD COLUMN recipe_use_id INTEGER REFERENCES recipe_use (id);
    ALTER TABLE live_part ADD COLUMN recipe_use_id INTEGER REFERENCES recipe_use (id);
    ALTER TABLE viewed_part ADD COLUMN recipe_use_id INTEGER REFERENCES recipe_use (id);
    -- The outputs that it is for; null for all of the point.
    ALTER TABLE result ADD COLUMN outputs TEXT;

    -- The result of a part with several views has the first of them as part_id.
    ALTER TABLE result ADD COLUMN viewed_part_id INTEGER REFERENCES viewed_part (id);
    CREATE UNIQUE INDEX result_by_viewed_part ON result (viewed_part_id) WHERE viewed_part_id IS NOT NULL;
    ALTER TABLE result ADD COLUMN why TEXT NOT NULL DEFAULT 'passed'
      CHECK (why IN ('passed', 'flagged', 'refused', 'late', 'incomplete'));
    UPDATE result SET why = cause;
    ALTER TABLE result DROP COLUMN cause;
    ALTER TABLE result RENAME COLUMN why TO cause;
  `,
}
