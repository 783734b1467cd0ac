/**
 * Folders that a person dropped onto a window of a browser, which gives the files but not their path. The files are
 * written below the workspace, whose disk must have room for the photographs anyway; from there the folder is
 * inspected and imported like any other, and it is removed when the import has ended.
 */
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Failure } from '../../../shared/failure.ts'
import { freeBytes } from '../../platform/free-bytes.ts'
import { storedAsync } from '../../platform/storage-errors.ts'
import { newId } from '../../store/ids.ts'

/** The most files of a dropped folder; for more the folder dialog is faster, since it copies nothing. */
export const mostFiles = 20_000
export const mostBytes = 16 * 2 ** 30

/** Names that a file system or a person could misunderstand. */
const badName = /^\.{1,2}$|[\\:*?"<>|\p{Cc}]|[. ]$/u

export interface Drop {
  id: string
  folder: string
}

export interface Drops {
  /** @throws Failure `drop-too-large`, `drop-name-invalid`, `disk-full` */
  begin(below: string, announced: { name: string; files: number; bytes: number }): Promise<Drop>
  /** Writes one file of it. @throws Failure `drop-unknown`, `drop-name-invalid`, `drop-too-large`, `disk-full` */
  write(id: string, path: string, content: Readable): Promise<void>
  /** Removes the dropped folder if it exists. */
  end(id: string): Promise<void>
  /** Removes the dropped folder with this path, if there is one. */
  endFolder(folder: string): Promise<void>
  close(): Promise<void>
}

interface OpenDrop {
  root: string
  folder: string
  filesLeft: number
  bytesLeft: number
}

const invalid = (path: string): Failure => new Failure('drop-name-invalid', { path })

const tooLarge = (): Failure =>
  new Failure('drop-too-large', { files: mostFiles, gigabytes: mostBytes / 2 ** 30 })

/** The path below the folder. @throws Failure `drop-name-invalid` for one that could lead out of it */
function below(folder: string, path: string): string {
  const parts = path.split('/')
  if (parts.some((part) => part === '' || part.length > 255 || badName.test(part) || !part.isWellFormed()))
    throw invalid(path)
  return join(folder, ...parts)
}

export function createDrops(): Drops {
  const drops = new Map<string, OpenDrop>()

  async function end(id: string): Promise<void> {
    const drop = drops.get(id)
    drops.delete(id)
    if (drop !== undefined) await rm(drop.root, { recursive: true, force: true, maxRetries: 3 })
  }

  return {
    async begin(place, { name, files, bytes }) {
      if (files > mostFiles || bytes > mostBytes) throw tooLarge()
      // Removes what an earlier process left when it was killed.
      if (drops.size === 0) await rm(place, { recursive: true, force: true, maxRetries: 3 })
      const id = newId(Date.now())
      const root = join(place, id)
      const folder = below(root, name)
      const free = await freeBytes(place)
      // The bytes are written twice: as they arrive, and again when they are imported.
      if (free !== null && free < 2 * bytes) {
        throw new Failure('disk-full', { case: 'drop', megabytes: Math.ceil(bytes / 1e6) })
      }
      await storedAsync(() => mkdir(folder, { recursive: true }))
      drops.set(id, { root, folder, filesLeft: files, bytesLeft: bytes })
      return { id, folder }
    },
    async write(id, path, content) {
      const drop = drops.get(id)
      if (drop === undefined) {
        throw new Failure('drop-unknown')
      }
      const file = below(drop.folder, path)
      if (drop.filesLeft === 0) throw tooLarge()
      drop.filesLeft -= 1
      await storedAsync(async () => {
        await mkdir(dirname(file), { recursive: true })
        await pipeline(
          content,
          async function* (pieces: AsyncIterable<Buffer>) {
            for await (const piece of pieces) {
              drop.bytesLeft -= piece.length
              if (drop.bytesLeft < 0) throw tooLarge()
              yield piece
            }
          },
          createWriteStream(file, { flags: 'wx' }),
        )
      })
    },
    end,
    async endFolder(folder) {
      for (const [id, drop] of drops) if (drop.folder === resolve(folder)) await end(id)
    },
    async close() {
      for (const id of [...drops.keys()]) await end(id)
    },
  }
}
