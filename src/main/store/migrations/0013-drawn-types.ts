import type { Migration } from '../migrate.ts'

/**
 * The defect types that the shapes of each photograph have. A photograph has one defect type, but its shapes may have
 * several: each of them is in the list of types, without all drawings being read for it. A drawing that cannot be read
 * has no rows here; `verify` names it.
 */
export const drawnTypes: Migration = {
  version: 13,
  name: 'drawn-types',
  sql: `
    CREATE TABLE drawn_type (
      image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
      name TEXT NOT NULL CHECK (name <> ''),
      PRIMARY KEY (image_id, name)
    ) STRICT, WITHOUT ROWID;

    INSERT OR IGNORE INTO drawn_type (image_id, name)
    SELECT image_id, name FROM (
      SELECT annotation.image_id,
        CASE WHEN shape.type = 'object' THEN json_extract(shape.value, '$.defectType') END AS name
      FROM annotation, json_each(annotation.shapes) AS shape
    ) WHERE typeof(name) = 'text' AND name <> '';
  `,
}
