/** Everything of an update that can be done while Fanoscope works: who asked for it, and the new version beside the old. */
import { failureData } from '../../../shared/failure.ts'
import type { Installation } from '../../platform/installation.ts'
import type { VersionChange } from '../../session/version-change.ts'
import { recordAudit } from '../../store/audit.ts'
import type { Workspace } from '../../store/workspace.ts'
import { type InstallOptions, install } from './install.ts'
import type { CheckedOffer } from './offer.ts'
import { recordStart } from './update-audit.ts'
import { noteChange, noteEnd } from './update-notes.ts'
import { holdVersions } from './versions.ts'

export interface PrepareOptions extends InstallOptions {
  /** The open workspace; null for none, or one that is not to be changed. Meanwhile another one may be opened. */
  present: () => Pick<Workspace, 'dir' | 'db'> | null
  operator: string | null
  whileWatching: boolean
}

/**
 * @returns what `changeVersion` takes; the versions are held until then
 * @throws Failure those of `install`, `update-running`
 */
export async function prepareUpdate(
  installation: Installation,
  checked: CheckedOffer,
  { present, operator, whileWatching, ...options }: PrepareOptions,
): Promise<VersionChange> {
  const { version: to, present: from } = checked.offer
  const workspace = present()
  const release = holdVersions(installation)
  try {
    noteChange(installation, { from, to, workspace: workspace?.dir ?? null, backup: null, restores: false })
    if (workspace !== null) recordStart(workspace.db, checked.offer, whileWatching, operator)
    try {
      await install(installation, checked, options)
    } catch (error) {
      const failure = failureData(error)
      if (workspace !== null && present()?.db === workspace.db)
        recordAudit(workspace.db, { action: 'update.failed', detail: { from, to, code: failure.code } })
      noteEnd(installation, { at: Date.now(), from, to, failure, backup: null })
      throw error
    }
  } catch (error) {
    release()
    throw error
  }
  return { to, workspace: present()?.dir ?? null, release }
}
