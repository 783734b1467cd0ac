/** Two small files beside the versions: what is being changed at this moment, and how the last change ended. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type LastUpdate, lastUpdateSchema } from '../../../shared/update.ts'
import { replaceFileDurably, syncFolderNow } from '../../platform/durable-file.ts'
import type { Installation } from '../../platform/installation.ts'

/** A change that has begun: it is written before the new version touches the workspace, and removed at the end. */
const changeSchema = z.object({
  from: z.string(),
  to: z.string(),
  /** The folder of the workspace that the new version is tried with; null for none. */
  workspace: z.string().nullable(),
  /** The copy of its database, in its folder `backups`. */
  backup: z.string().nullable(),
  /** Whether an older database took the place of the present one, which an end in between has to put back. */
  restores: z.boolean().default(false),
})
export type Change = z.infer<typeof changeSchema>

const changeFile = ({ versions }: Installation): string => join(versions, 'changing.json')
const lastFile = ({ versions }: Installation): string => join(versions, 'last-update.json')

export const isChanging = (installation: Installation): boolean => existsSync(changeFile(installation))

/** Null where nothing is being changed. */
export function presentChange(installation: Installation): Change | null {
  const file = changeFile(installation)
  return existsSync(file) ? changeSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null
}

export const noteChange = (installation: Installation, change: Change): void =>
  replaceFileDurably(changeFile(installation), `${JSON.stringify(change)}\n`)

/** Notes how a change ended, and only then that it is no more. */
export function noteEnd(installation: Installation, last: LastUpdate): void {
  replaceFileDurably(lastFile(installation), `${JSON.stringify(last)}\n`)
  rmSync(changeFile(installation), { force: true })
  syncFolderNow(installation.versions)
}

/** Null before the first update. */
export function lastUpdate(installation: Installation): LastUpdate | null {
  const file = lastFile(installation)
  return existsSync(file) ? lastUpdateSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null
}
