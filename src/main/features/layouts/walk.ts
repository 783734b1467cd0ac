/** Walks a folder: every file is met once, and what is not looked at is named or counted. */
import { isUtf8 } from 'node:buffer'
import type { Dirent } from 'node:fs'
import { lstat, readdir, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import type { ImportPlan, JunkKind } from '../../../shared/import-plan.ts'
import { junkKind } from './junk.ts'

export type LeftOut = ImportPlan['leftOut'][number]

export interface Walk {
  /** Follows symbolic links (and junctions of Windows) to files and folders. */
  followLinks?: boolean
  onLeftOut?: (leftOut: LeftOut) => void
  onJunk?: (kind: JunkKind, path: string) => void
}

/**
 * Shorter names first, then by character: 2.png before 10.png, and photo.png before "photo (1).png" and "photo -
 * copy.png", so that of several copies the first one met is the original. The same on every system and language.
 */
function byName(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}

/** A name whose bytes are no text, as a person can read it: bytes beyond ASCII as \xC1. */
const escapedName = (name: Buffer): string =>
  [...name]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('')

const errorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

type Kind = 'file' | 'folder' | 'link' | 'other'

const kindOf = (entry: Pick<Dirent<Buffer>, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): Kind =>
  entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'other'

/**
 * Paths of all files below a folder, relative to it with forward slashes, in an order that depends on their names
 * alone: a folder's own files first, then its subfolders. The folder itself may be a link. Holds the names of one
 * folder at a time, and those of folders that are still to be read.
 *
 * Every folder is read once: one that is met again through a link is named instead, so that a circle of links ends.
 *
 * @throws Failure `folder-unreadable` for the folder itself; one inside it is left out
 */
export async function* walkFiles(root: string, walk: Walk = {}): AsyncGenerator<string> {
  const { followLinks = false, onLeftOut = () => undefined, onJunk = () => undefined } = walk
  const waiting = ['']
  const met = new Set<string>()

  /** What a link leads to; null where it is left out. */
  async function followed(path: string): Promise<'file' | 'folder' | null> {
    const full = join(root, path)
    const target = printable(await readlink(full).catch(() => '?'))
    if (!followLinks) {
      onLeftOut({ file: path, code: 'link-not-followed', params: { target } })
      return null
    }
    try {
      const found = await stat(full)
      if (found.isFile()) return 'file'
      if (found.isDirectory()) return 'folder'
      onLeftOut({ file: path, code: 'not-a-regular-file', params: {} })
    } catch (error) {
      if (errorCode(error) === 'ELOOP') onLeftOut({ file: path, code: 'link-loop', params: { target } })
      else onLeftOut({ file: path, code: 'link-broken', params: { target } })
    }
    return null
  }

  /** What an entry is to be met as; null where it is passed over or left out. */
  async function meet(entry: Dirent<Buffer>, below: string): Promise<'file' | 'folder' | 'linked' | null> {
    if (!isUtf8(entry.name)) {
      const file = joined(below, escapedName(entry.name))
      onLeftOut({ file, code: 'name-not-utf8', params: {} })
      return null
    }
    const name = entry.name.toString('utf8')
    const path = joined(below, name)
    let kind = kindOf(entry)
    // Some file systems do not say in the listing what an entry is.
    if (kind === 'other') kind = kindOf(await lstat(join(root, path)).catch(() => entry))
    const junk = junkKind(name, kind === 'folder')
    if (junk === 'hidden-photograph' && kind !== 'folder') {
      onLeftOut({ file: path, code: 'hidden-photograph', params: {} })
      return null
    }
    if (junk !== null) {
      onJunk(junk === 'hidden-photograph' ? 'hidden' : junk, path)
      return null
    }
    if (kind === 'link') {
      const target = await followed(path)
      return target === 'folder' ? 'linked' : target
    }
    if (kind !== 'other') return kind
    onLeftOut({ file: path, code: 'not-a-regular-file', params: {} })
    return null
  }

  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    const files: string[] = []
    const folders: string[] = []
    const linked: string[] = []
    let entries: Dirent<Buffer>[]
    try {
      if (followLinks) {
        // The file system's own number of a folder, which is the same through every link.
        const { dev, ino } = await stat(join(root, below), { bigint: true })
        const identity = `${dev}:${ino}`
        if (met.has(identity)) {
          onLeftOut({ file: below, code: 'link-loop', params: { target: below } })
          continue
        }
        met.add(identity)
      }
      entries = await readdir(join(root, below), { withFileTypes: true, encoding: 'buffer' })
    } catch (error) {
      if (below === '') {
        const reason = reasonOf(error)
        throw new Failure('folder-unreadable', { case: 'subfolders', folder: root, reason }, { cause: error })
      }
      if (errorCode(error) === 'ENAMETOOLONG') onLeftOut({ file: below, code: 'path-too-long', params: {} })
      else {
        const params = { folder: below, reason: reasonOf(error) }
        onLeftOut({ file: below, code: 'folder-unreadable', params })
      }
      continue
    }
    // What is left out is named in an order that depends on the names alone, too.
    for (const entry of entries.sort((a, b) => a.name.compare(b.name))) {
      const kind = await meet(entry, below)
      const path = joined(below, entry.name.toString('utf8'))
      if (kind === 'file') files.push(path)
      else if (kind === 'folder') folders.push(path)
      else if (kind === 'linked') linked.push(path)
    }
    yield* files.sort(byName)
    // The last one in is the first one out; folders before links, which may lead to the same.
    waiting.push(...linked.sort(byName).reverse(), ...folders.sort(byName).reverse())
  }
}

const joined = (below: string, name: string): string => (below === '' ? name : `${below}/${name}`)

/** Where a link leads, as text that a message may hold. */
const printable = (target: string): string => target.toWellFormed().slice(0, 500)
