/** The versions of an installation, and the pointer to the one that is started. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import { replaceFileDurably } from '../../platform/durable-file.ts'
import type { Installation } from '../../platform/installation.ts'
import { takeOwnership } from '../../store/owner.ts'
import { isVersion } from './version-order.ts'

/** Prefix of the folder of a version that is being installed. One that is left over belongs to a process that died. */
export const partialPrefix = '.installing-'

/** The pointer. `scripts/bundle/program` has the start scripts that read it. */
const pointerFile = ({ versions }: Installation): string => join(versions, 'current')

/** The folder `program` of a version. */
export function programOf(installation: Installation, version: string): string {
  const own = join(installation.versions, version, 'program')
  return existsSync(own) ? own : join(installation.home, 'program')
}

/** The version that the start script starts; null where it is the one that was unpacked first. */
export function pointedVersion(installation: Installation): string | null {
  const file = pointerFile(installation)
  if (!existsSync(file)) return null
  const version = readFileSync(file, 'utf8').trim()
  return isVersion(version) && existsSync(join(installation.versions, version)) ? version : null
}

/** From here on the start script starts this version. One that is not in the folder is the one that was unpacked first. */
export function pointAt(installation: Installation, version: string): void {
  replaceFileDurably(pointerFile(installation), `${version}\n`)
}

/**
 * Lets one process change the versions, until it calls what this returns or ends, however it ends.
 * @throws Failure `update-running`, `update-folder-closed`
 */
export function holdVersions({ versions }: Installation): () => void {
  try {
    mkdirSync(versions, { recursive: true })
    return takeOwnership(versions)
  } catch (cause) {
    if (cause instanceof Failure && cause.code === 'workspace-in-use')
      throw new Failure('update-running', {}, { cause })
    throw folderClosed(versions, cause)
  }
}

export const folderClosed = (folder: string, cause: unknown): Failure =>
  new Failure('update-folder-closed', { folder: dirname(folder), reason: reasonOf(cause) }, { cause })

/** Removes what processes that died were installing, and versions besides those that are kept. */
export async function clearVersions({ versions }: Installation, kept: readonly string[]): Promise<void> {
  for (const name of readdirSync(versions)) {
    const isOld = isVersion(name) && !kept.includes(name)
    if (!isOld && !name.startsWith(partialPrefix)) continue
    // On Windows a program that still runs keeps its files: the next update finds them again.
    await rm(join(versions, name), { recursive: true, force: true }).catch(() => undefined)
  }
}
