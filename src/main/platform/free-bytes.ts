import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Free bytes on the disk of a folder, which may not exist yet; null where the file system does not say. */
export async function freeBytes(dir: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(dir)
    return bavail * bsize
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    // Some network file systems do not say; the screen then omits the figure.
    return isAbsent && dirname(dir) !== dir ? freeBytes(dirname(dir)) : null
  }
}
