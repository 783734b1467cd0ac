/** The target of an export: it appears complete or not at all, and never replaces something that existed. */
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { temporaryPrefix } from '../../platform/durable-file.ts'
import { renamePatiently } from '../../platform/patient-rename.ts'
import { storedAsync } from '../../platform/storage-errors.ts'

/** @throws Failure `target-exists` */
export function requireFree(path: string): void {
  if (!existsSync(path)) return
  throw new Failure('target-exists', { path })
}

/** A file beside another one: with its name, something added to it, and its ending or another. */
export const beside = (path: string, addition: string, ending = extname(path)): string =>
  join(dirname(path), `${basename(path, extname(path))}${addition}${ending}`)

/**
 * Writes a folder under a temporary name next to its target and moves it there when it is complete.
 * @throws Failure `target-exists`, `disk-full`
 */
export async function placeFolder<T>(path: string, write: (folder: string) => Promise<T>): Promise<T> {
  requireFree(path)
  const folder = join(dirname(path), `${temporaryPrefix}${basename(path)}`)
  return storedAsync(async () => {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    try {
      const written = await write(folder)
      await renamePatiently(folder, path)
      return written
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  })
}
