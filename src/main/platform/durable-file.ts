import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { chmod, copyFile, type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { renamePatiently, renamePatientlyNow } from './patient-rename.ts'

/** Prefix of files that are being written. One that is left over belongs to a process that died. */
export const temporaryPrefix = '.writing-'

/** Syncs a folder, so that files placed in it are still there after a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  if (folderNeedsNoSync) return
  await syncOpened(folder, 'r')
}

/** `syncFolder` without a promise, for photographs: they are published and their rows written without a pause. */
export function syncFolderNow(folder: string): void {
  if (folderNeedsNoSync) return
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Waits until the content of a file is on the disk. */
export function syncFileNow(file: string): void {
  // Windows syncs only what is open for writing.
  const fd = openSync(file, 'r+')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Windows cannot open a folder for syncing; NTFS journals the rename itself. */
const folderNeedsNoSync = process.platform === 'win32'

async function syncOpened(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The rights of others than the owner. */
const others = 0o077

/**
 * Rights of a new file or folder, before the system takes its mask off: in a folder that only its owner can enter,
 * which every folder of a workspace is, it is for the owner alone.
 */
async function rightsIn(folder: string): Promise<{ file: number; folder: number }> {
  const isPrivate = ((await stat(folder)).mode & others) === 0
  return isPrivate ? { file: 0o600, folder: 0o700 } : { file: 0o666, folder: 0o777 }
}

/** Makes a folder where it is missing, and those above it. */
async function makeFolder(folder: string): Promise<void> {
  let above = folder
  while (!existsSync(above) && dirname(above) !== above) above = dirname(above)
  if (above === folder) return
  await mkdir(folder, { recursive: true, mode: (await rightsIn(above)).folder })
}

/** Copies a file without its rights: it gets those of the folder that it comes into. */
export async function copyInto(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  const { file } = await rightsIn(dirname(to))
  await chmod(to, file & ~process.umask())
}

/** Copies a file and waits until its content is on the disk. Makes missing folders. */
export async function copyFileSynced(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to))
  await copyInto(from, to)
  // Windows syncs only what is open for writing.
  await syncOpened(to, 'r+')
}

/**
 * Writes a file so that it exists completely or not at all, also after a power cut: temporary name, fsync, rename,
 * fsync of the folder. Makes missing folders.
 */
export async function writeFileDurably(file: string, bytes: Uint8Array | string): Promise<void> {
  await placeFile(file, bytes)
  await syncFolder(dirname(file))
}

/** `writeFileDurably` for what is too large to be in memory as a whole. */
export async function writePartsDurably<T>(
  file: string,
  write: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const written = await writeAside(file, async (handle) => {
    const result = await write(handle)
    await handle.sync()
    return result
  })
  await syncFolder(dirname(file))
  return written
}

/** `writeFileDurably` without the last step: for many files of one folder, which `syncFolder` then keeps at once. */
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

/** `writeFileDurably` without a promise, for a small file. */
export function replaceFileDurably(file: string, text: string): void {
  const folder = dirname(file)
  mkdirSync(folder, { recursive: true })
  const temporary = join(folder, `${temporaryPrefix}${randomUUID()}`)
  try {
    writeFileSync(temporary, text, { flag: 'wx' })
    syncFileNow(temporary)
    renamePatientlyNow(temporary, file)
    syncFolderNow(folder)
  } finally {
    rmSync(temporary, { force: true })
  }
}

async function writeAside<T>(file: string, write: (handle: FileHandle) => Promise<T>): Promise<T> {
  const folder = dirname(file)
  await makeFolder(folder)
  const temporary = join(folder, `${temporaryPrefix}${randomUUID()}`)
  try {
    const handle = await open(temporary, 'wx', (await rightsIn(folder)).file)
    let written: T
    try {
      written = await write(handle)
    } finally {
      await handle.close()
    }
    await renamePatiently(temporary, file)
    return written
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

/** `removeLeftovers` without a promise, for a start that waits for it. */
export function removeLeftoversNow(folder: string): void {
  if (!existsSync(folder)) return
  for (const { name, parentPath } of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (name.startsWith(temporaryPrefix)) rmSync(join(parentPath, name), { force: true })
  }
}

function absentIsEmpty(error: unknown): [] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
  throw error
}
