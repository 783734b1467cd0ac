import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Prefix of files that are being written. One that is left over belongs to a process that died. */
export const temporaryPrefix = '.writing-'

/** Syncs a folder, so that files placed in it are still there after a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder for syncing; NTFS journals the rename itself.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Writes a file so that it exists completely or not at all, also after a power cut: temporary name, fsync, rename,
 * fsync of the folder. Makes missing folders.
 */
export async function writeFileDurably(file: string, bytes: Uint8Array | string): Promise<void> {
  await placeFile(file, bytes)
  await syncFolder(dirname(file))
}

/**
 * `writeFileDurably` without syncing the folder: for many files of one folder, which is then synced once with
 * `syncFolder`.
 */
export function placeFile(file: string, bytes: Uint8Array | string): Promise<void> {
  return writeAside(file, async (handle) => {
    await handle.writeFile(bytes)
    await handle.sync()
  })
}

/** Writes a file completely or not at all, without syncing it to disk: for files that can be made again. */
export function replaceFile(file: string, bytes: Uint8Array | string): Promise<void> {
  return writeAside(file, (handle) => handle.writeFile(bytes))
}

async function writeAside(file: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const folder = dirname(file)
  await mkdir(folder, { recursive: true })
  const temporary = join(folder, `${temporaryPrefix}${randomUUID()}`)
  try {
    const handle = await open(temporary, 'wx')
    try {
      await write(handle)
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Removes, below a folder, the temporary files that a process which died was writing. */
export async function removeLeftovers(folder: string): Promise<void> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(absentIsEmpty)
  for (const { name, parentPath } of files) {
    if (name.startsWith(temporaryPrefix)) await rm(join(parentPath, name), { force: true })
  }
}

function absentIsEmpty(error: unknown): [] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
  throw error
}
