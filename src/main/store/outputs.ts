/** The outputs of the line: their settings, and how far each has come. */
import { z } from 'zod'
import { Failure } from '../../shared/failure.ts'
import { type OutputSettings, outputSettingsSchema } from '../../shared/output.ts'
import { firstPoint } from '../../shared/result.ts'
import { recordAudit } from './audit.ts'
import type { Database } from './database.ts'
import { newId } from './ids.ts'
import { findPoint } from './inspection-points.ts'
import { newestNumber } from './results.ts'
import { flag, jsonText, toFlag, toJson } from './row.ts'

const columns = 'id, point, name, settings, secret, enabled, through, changed_at AS changedAt'
const outputRow = z.object({
  id: z.int(),
  point: z.string(),
  name: z.string(),
  settings: jsonText(outputSettingsSchema),
  /** The name under which the account keeps its secrets. */
  secret: z.string(),
  enabled: flag,
  /** The newest result that it had, or that was given up. */
  through: z.int(),
  changedAt: z.int(),
})
export type StoredOutput = z.output<typeof outputRow>

export const listOutputs = (db: Database): StoredOutput[] =>
  db.all(outputRow, `SELECT ${columns} FROM output WHERE removed_at IS NULL ORDER BY name`)

/** @throws Failure `output-unknown` */
export function findOutput(db: Database, id: number): StoredOutput {
  const found = db.get(outputRow, `SELECT ${columns} FROM output WHERE id = $id AND removed_at IS NULL`, {
    id,
  })
  if (found === undefined) throw new Failure('output-unknown', { output: String(id) })
  return found
}

function requireFreeName(db: Database, name: string, own: number | null = null): void {
  if (listOutputs(db).some((output) => output.name === name && output.id !== own))
    throw new Failure('output-name-taken', { name })
}

/** It gets the results that come from now on. @throws Failure `output-name-taken`, `inspection-unknown` */
export function createOutput(
  db: Database,
  {
    name,
    point = firstPoint,
    settings,
    operator,
  }: { name: string; point?: string; settings: OutputSettings; operator: string | null },
): StoredOutput {
  return db.transaction(() => {
    requireFreeName(db, name)
    findPoint(db, point)
    const { lastId } = db.run(
      `INSERT INTO output (point, name, settings, secret, enabled, through, created_at, changed_at)
       VALUES ($point, $name, $settings, $secret, 1, $through, $now, $now)`,
      {
        point,
        name,
        settings: toJson(outputSettingsSchema, settings),
        secret: newId(db.now()),
        through: newestNumber(db),
        now: db.now(),
      },
    )
    recordAudit(db, {
      action: 'output.created',
      operator,
      detail: { output: lastId, name, point, ...settings },
    })
    return findOutput(db, lastId)
  })
}

export interface OutputChange {
  id: number
  name?: string | undefined
  settings?: OutputSettings | undefined
  enabled?: boolean | undefined
  /** Names of secrets that were set or removed: the audit has no more of them. */
  secrets: readonly string[]
  operator: string | null
}

/** One that is switched on again gets the results from then on. @throws Failure `output-unknown`, `output-name-taken` */
export function changeOutput(db: Database, change: OutputChange): void {
  db.transaction(() => {
    const before = findOutput(db, change.id)
    const { name = before.name, settings = before.settings, enabled = before.enabled } = change
    requireFreeName(db, name, before.id)
    const skips = enabled && !before.enabled
    const through = skips ? newestNumber(db) : before.through
    db.run(
      `UPDATE output SET name = $name, settings = $settings, enabled = $enabled, through = $through,
         changed_at = max($now, changed_at + 1) WHERE id = $id`,
      {
        id: before.id,
        name,
        settings: toJson(outputSettingsSchema, settings),
        enabled: toFlag(enabled),
        through,
        now: db.now(),
      },
    )
    recordAudit(db, {
      action: 'output.changed',
      operator: change.operator,
      detail: {
        output: before.id,
        name,
        enabled,
        secrets: [...change.secrets],
        before: { name: before.name, enabled: before.enabled, ...before.settings },
        after: { ...settings },
        // Results that came while it was off and that it never gets.
        skipped: skips && through > before.through ? `${before.through + 1}-${through}` : null,
      },
    })
  })
}

/** @throws Failure `output-unknown` */
export function removeOutput(db: Database, id: number, operator: string | null): StoredOutput {
  return db.transaction(() => {
    const output = findOutput(db, id)
    db.run('UPDATE output SET removed_at = $now, enabled = 0 WHERE id = $id', { id, now: db.now() })
    recordAudit(db, {
      action: 'output.removed',
      operator,
      detail: { output: id, name: output.name, ...output.settings },
    })
    return output
  })
}
