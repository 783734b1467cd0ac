/** Reads a folder that was dropped onto the window with what a browser allows a page. */

/** One file of a dropped folder. */
interface DroppedEntry {
  /** Relative to the folder, with forward slashes. */
  path: string
  file: File
}

/** A folder whose path the page does not know. */
export interface DroppedFolder {
  name: string
  entries: DroppedEntry[]
  bytes: number
}

/** What is used of a `FileSystemEntry`. */
export interface Entry {
  readonly name: string
  readonly isFile: boolean
  readonly isDirectory: boolean
}

/** How a page reads entries, with promises where the browser's own functions take callbacks. */
interface EntryReader<E extends Entry> {
  file(entry: E): Promise<File>
  /** Everything in a folder. */
  inside(entry: E): Promise<E[]>
}

/** Reads a folder with all its subfolders; hidden files are left out, as an import leaves them out. */
export async function readFolder<E extends Entry>(root: E, reader: EntryReader<E>): Promise<DroppedFolder> {
  const entries: DroppedEntry[] = []
  const waiting: { entry: E; path: string }[] = [{ entry: root, path: '' }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await reader.inside(next.entry)) {
      if (entry.name.startsWith('.')) continue
      const path = next.path === '' ? entry.name : `${next.path}/${entry.name}`
      if (entry.isDirectory) waiting.push({ entry, path })
      else if (entry.isFile) entries.push({ path, file: await reader.file(entry) })
    }
  }
  return { name: root.name, entries, bytes: entries.reduce((sum, { file }) => sum + file.size, 0) }
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile

/** The browser's own way of reading. */
export const pageReader: EntryReader<FileSystemEntry> = {
  file: (entry) =>
    new Promise((resolve, reject) => {
      if (isFile(entry)) entry.file(resolve, reject)
      else reject(new TypeError(`${entry.name} is no file`))
    }),
  async inside(entry) {
    if (!isFolder(entry)) return []
    const reader = entry.createReader()
    const all: FileSystemEntry[] = []
    // A browser gives at most a hundred entries at a time, and none at the end.
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      )
      if (some.length === 0) return all
      all.push(...some)
    }
  },
}

/**
 * Sends files, several at the same time, and tells how many bytes have arrived. Stops when one fails or when aborted.
 */
export async function sendFolder(
  { entries }: DroppedFolder,
  send: (path: string, file: File) => Promise<void>,
  onBytes: (done: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const atOnce = 4
  const waiting = [...entries].reverse()
  let done = 0
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined && !signal.aborted; next = waiting.pop()) {
      await send(next.path, next.file)
      done += next.file.size
      onBytes(done)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}
