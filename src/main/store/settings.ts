import { z } from 'zod'
import { canonicalJson, recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { jsonText, toJson } from './row.ts'
import { noteTold } from './told/tell-rows.ts'

/** The stored value of a setting, or `fallback` where there is none or it does not fit `schema` any more. */
export function readSetting<S extends z.ZodType>(
  db: Database,
  key: string,
  schema: S,
  fallback: z.output<S>,
): z.output<S> {
  const row = db.get(
    z.object({ value: jsonText(z.unknown()) }),
    'SELECT value FROM setting WHERE key = $key',
    {
      key,
    },
  )
  const parsed = row ? schema.safeParse(row.value) : null
  return parsed?.success ? parsed.data : fallback
}

/** @param value a value that JSON can represent */
export function writeSetting(db: Database, key: string, value: unknown): void {
  db.run(
    'INSERT INTO setting (key, value) VALUES ($key, $value) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    { key, value: toJson(z.json(), value ?? null) },
  )
}

/** Writes a setting that a person answers for: the change is recorded with the value of before. */
export function changeSetting(db: Database, key: string, value: unknown, operator: string | null): void {
  db.transaction(() => {
    const before = readSetting(db, key, z.json(), null)
    const json = z.json().parse(value ?? null)
    if (canonicalJson(before) === canonicalJson(json)) return
    writeSetting(db, key, json)
    noteTold(db, 'setting', key)
    recordAudit(db, { action: 'setting.changed', operator, detail: { key, before, value: json } })
  })
}
