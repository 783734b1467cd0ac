/** Lists folders for the folder picker of the browser host, which has no native dialog. */
import { type Dirent, existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { CallOutput } from '../../../shared/contract.ts'
import { Failure, reasonOf } from '../../../shared/failure.ts'

/** The path of the list of drives on Windows, the parent of `C:\`. */
const drives = ''

const imageName = /\.(png|jpe?g|tiff?|bmp|webp)$/i

/**
 * The subfolders of a folder, and its files whose names have one of the endings; null for the user's home folder.
 * @throws Failure `folder-unreadable`
 */
export async function listSubfolders(
  path: string | null,
  endings: readonly string[] = [],
): Promise<CallOutput<'folder.list'>> {
  if (path === drives && process.platform === 'win32') return listDrives()
  const folder = resolve(path === null || path === drives ? homedir() : path)
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new Failure('folder-unreadable', { folder, reason: reasonOf(cause) }, { cause })
  })
  const shown = entries.filter(({ name }) => !name.startsWith('.'))
  const listed = (wanted: (entry: Dirent) => boolean) =>
    shown
      .filter(wanted)
      .map(({ name }) => ({ name, path: join(folder, name) }))
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  return {
    path: folder,
    parent: parentOf(folder),
    folders: listed((entry) => entry.isDirectory()),
    files: listed((entry) => entry.isFile() && hasEnding(entry.name, endings)),
    images: shown.filter((entry) => entry.isFile() && imageName.test(entry.name)).length,
  }
}

const hasEnding = (name: string, endings: readonly string[]): boolean =>
  endings.some((ending) => name.toLowerCase().endsWith(`.${ending}`))

function parentOf(folder: string): string | null {
  const parent = dirname(folder)
  if (parent !== folder) return parent
  return process.platform === 'win32' ? drives : null
}

function listDrives(): CallOutput<'folder.list'> {
  const folders = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
    .map((letter) => ({ name: `${letter}:`, path: `${letter}:\\` }))
    .filter(({ path }) => existsSync(path))
  return { path: drives, parent: null, folders, files: [], images: 0 }
}
