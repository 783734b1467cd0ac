/** Installs a checked offer beside the versions that are there. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, realpathSync, statSync } from 'node:fs'
import { mkdir, open, readdir, rm, symlink } from 'node:fs/promises'
import { dirname, join, posix, sep } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { syncFolder } from '../../platform/durable-file.ts'
import { freeBytes } from '../../platform/free-bytes.ts'
import type { Installation } from '../../platform/installation.ts'
import { renamePatiently } from '../../platform/patient-rename.ts'
import { storageFailure } from '../../platform/storage-errors.ts'
import { type CheckedOffer, readable } from './offer.ts'
import type { PackedEntry } from './packed-entry.ts'
import { signatureFile, sumsFile } from './signed-sums.ts'
import { clearVersions, folderClosed, partialPrefix, pointedVersion } from './versions.ts'

/** Bytes that must stay free beside the new version. */
const spared = 256 * 2 ** 20

/** What a person starts, and what that starts. */
const executable = new Set(['fanoscope', 'program/node'])

export interface InstallOptions {
  signal: AbortSignal
  onProgress: (progress: { done: number; total: number }) => void
  /** How much is free on a disk; null where it does not say. */
  room?: (folder: string) => Promise<number | null>
}

/**
 * Copies a version to the folder of versions and checks every file on the way: nothing is written that was not signed.
 * The version is there completely or not at all. To be called while the versions are held.
 * @throws Failure `update-no-room`, `update-file-wrong`, `update-unreadable`, `update-folder-closed`, `disk-full`
 */
export async function install(
  installation: Installation,
  { offer, bundle, sums }: CheckedOffer,
  { signal, onProgress, room = freeBytes }: InstallOptions,
): Promise<void> {
  const { versions, version: present } = installation
  const { version, bytes, source } = offer
  await clearVersions(installation, [present, pointedVersion(installation) ?? present])
  requireRoom(versions, bytes, await room(versions))
  const partial = join(versions, `${partialPrefix}${version}`)
  try {
    const missing = new Set(sums.keys())
    let done = 0
    await mkdir(partial)
    const links: (PackedEntry & { kind: 'link' })[] = []
    await readable(source, async () => {
      for await (const entry of bundle.entries()) {
        signal.throwIfAborted()
        const isSignature = entry.path === sumsFile || entry.path === signatureFile
        // The administrator of the former place may have put a file of settings there.
        if (entry.path === 'fanoscope.json') continue
        const sum = sums.get(entry.path)
        if (!isSignature && (sum === undefined || !missing.delete(entry.path)))
          throw wrong(source, entry.path)
        if (entry.kind === 'link') links.push(entry)
        else {
          const written = await writing(versions, () => write(entry, join(partial, entry.path)))
          if (!isSignature && written !== sum) throw wrong(source, entry.path)
          done += entry.size
          onProgress({ done, total: bytes })
        }
      }
    })
    for (const link of links) {
      await writing(versions, () => makeLink(link, partial))
      if ((await sumInside(partial, link.path)) !== sums.get(link.path)) throw wrong(source, link.path)
    }
    const [lost] = missing
    if (lost !== undefined) throw new Failure('update-file-wrong', { case: 'missing', source, file: lost })
    await writing(versions, () => place(partial, join(versions, version)))
  } catch (error) {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined)
    throw error
  }
}

const wrong = (source: string, file: string): Failure => new Failure('update-file-wrong', { source, file })

function requireRoom(folder: string, bytes: number, free: number | null): void {
  const needed = bytes + spared
  if (free === null || free >= needed) return
  const megabytes = (count: number): number => Math.ceil(count / 1e6)
  throw new Failure('update-no-room', { needed: megabytes(needed), free: megabytes(free), folder })
}

/** Errors of the disk that the version is written to, as opposed to the one that it is read from. */
async function writing<R>(folder: string, write: () => Promise<R>): Promise<R> {
  try {
    return await write()
  } catch (error) {
    const failure = storageFailure(error)
    if (!(failure instanceof Failure)) throw error
    throw failure.code === 'workspace-read-only' ? folderClosed(folder, error) : failure
  }
}

/** @returns the sum of what was written, which is on the disk then */
async function write(entry: PackedEntry & { kind: 'file' }, file: string): Promise<string> {
  const hash = createHash('sha256')
  await mkdir(dirname(file), { recursive: true })
  const handle = await open(file, 'wx', executable.has(entry.path) ? 0o755 : 0o644)
  try {
    for await (const part of entry.content()) {
      hash.update(part)
      await handle.write(part)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return hash.digest('hex')
}

/** A link to a file beside it, as those of libraries are; one that leads elsewhere is refused by the sum. */
async function makeLink({ path, target }: PackedEntry & { kind: 'link' }, folder: string): Promise<void> {
  const file = join(folder, path)
  await mkdir(dirname(file), { recursive: true })
  if (posix.basename(target) === target) await symlink(target, file)
}

/** The sum of the file that a path leads to; null where it leads out of the folder, or nowhere. */
async function sumInside(folder: string, path: string): Promise<string | null> {
  const file = join(folder, path)
  if (!existsSync(file) || !realpathSync(file).startsWith(realpathSync(folder) + sep)) return null
  if (!statSync(file).isFile()) return null
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part)
  return hash.digest('hex')
}

/** All folders are synced before the name says that the version is there. */
async function place(partial: string, folder: string): Promise<void> {
  const entries = await readdir(partial, { recursive: true, withFileTypes: true })
  for (const entry of entries) if (entry.isDirectory()) await syncFolder(join(entry.parentPath, entry.name))
  await syncFolder(partial)
  await rm(folder, { recursive: true, force: true })
  await renamePatiently(partial, folder)
  await syncFolder(dirname(folder))
}
