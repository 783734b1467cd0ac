import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure, reasonOf } from '../../../shared/failure.ts'

/** What operating systems and people leave among photographs without meaning it as one. */
function isIgnored(name: string): boolean {
  return (
    name.startsWith('.') ||
    /^(thumbs\.db|ehthumbs\.db|desktop\.ini|__macosx|@eadir|\$recycle\.bin|system volume information)$/i.test(
      name,
    ) ||
    /^(readme|license|licence|copying|notice)(\.(txt|md|rst|pdf|html?))?$/i.test(name)
  )
}

/**
 * Shorter names first, then by character: 2.png before 10.png, and photo.png before "photo (1).png" and "photo -
 * copy.png", so that of several copies the first one met is the original. The same on every system and language.
 */
function byName(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}

/** @throws Failure `folder-unreadable` */
async function entriesOf(folder: string): Promise<{ files: string[]; folders: string[] }> {
  const files: string[] = []
  const folders: string[] = []
  try {
    for await (const entry of await opendir(folder)) {
      if (isIgnored(entry.name)) continue
      // Links are not followed: they could lead out of the folder, or in a circle.
      if (entry.isDirectory()) folders.push(entry.name)
      else if (entry.isFile()) files.push(entry.name)
    }
  } catch (error) {
    throw new Failure(
      'folder-unreadable',
      { case: 'subfolders', folder, reason: reasonOf(error) },
      { cause: error },
    )
  }
  return { files: files.sort(byName), folders: folders.sort(byName) }
}

/**
 * Paths of all files below a folder, relative to it with forward slashes, in an order that depends on their names
 * alone: a folder's own files first, then its subfolders. Holds the names of one folder at a time.
 *
 * @throws Failure `folder-unreadable`
 */
export async function* walkFiles(root: string, below = ''): AsyncGenerator<string> {
  const { files, folders } = await entriesOf(join(root, below))
  for (const name of files) yield below === '' ? name : `${below}/${name}`
  for (const name of folders) yield* walkFiles(root, below === '' ? name : `${below}/${name}`)
}

/** Names of the subfolders, sorted. */
export async function subfolders(root: string, below = ''): Promise<string[]> {
  return (await entriesOf(join(root, below))).folders
}
