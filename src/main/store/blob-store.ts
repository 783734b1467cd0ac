import { createHash, randomUUID } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { type ImageFormat, imageFormatSchema } from '../../shared/image.ts'
import { type Sha256, sha256Schema } from '../../shared/values.ts'
import { ImageRefusal } from '../images/refusal.ts'
import { syncFolderNow, temporaryPrefix } from '../platform/durable-file.ts'
import { renamePatientlyNow } from '../platform/patient-rename.ts'
import { stored } from '../platform/storage-errors.ts'

const extensions: Record<ImageFormat, string> = {
  png: 'png',
  jpeg: 'jpg',
  tiff: 'tif',
  bmp: 'bmp',
  webp: 'webp',
}

/** Path of an original inside a workspace: images/ab/abcd….png. */
export const blobFile = (sha256: Sha256, format: ImageFormat): string =>
  `images/${sha256.slice(0, 2)}/${sha256}.${extensions[format]}`

/** A complete copy of a file, synced to disk, under a temporary name. */
export interface StagedFile {
  path: string
  sha256: Sha256
  bytes: number
}

const blockBytes = 1 << 20

/** SHA-256 of a file, read in blocks. */
export async function hashFile(path: string): Promise<Sha256> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: blockBytes }), hash)
  return hash.digest('hex')
}

/** Files that have their final names but are not listed in the database yet. */
export interface Publication {
  /** To be called when the rows are in the database. */
  confirm(): void
  /** To be called when the rows could not be written: removes the files that did not exist before. */
  undo(): void
}

/**
 * The originals of a workspace, each under its SHA-256. A file is first staged (copied under a temporary name), then
 * published together with others (renamed), then its row is written, then the publication is confirmed. Whenever a
 * process dies in between, the next owner of the workspace removes what is incomplete.
 */
export interface BlobStore {
  /**
   * Copies a file under a temporary name and syncs it; memory does not grow with its size.
   * @throws ImageRefusal `unreadable` where the source cannot be read
   */
  stage(source: string): StagedFile
  /** As `stage`, for bytes in memory. */
  stageBytes(bytes: Uint8Array): StagedFile
  /** Gives staged files their final names. When this returns they are complete and survive a power cut. */
  publish(files: { staged: StagedFile; format: ImageFormat }[]): Publication
  /** Removes a staged file that is not wanted. */
  discard(staged: StagedFile): void
  /**
   * To be called before the rows of files are deleted. The files are removed by `confirm`, after their rows are gone;
   * `undo` leaves them where they are.
   */
  withdraw(files: { sha256: Sha256; format: ImageFormat }[]): Publication
  /** Absolute path of an original. */
  path(sha256: Sha256, format: ImageFormat): string
  has(sha256: Sha256, format: ImageFormat): boolean
  /**
   * Removes what a process that died left behind: staged files, and published files without a row. Only for the owner
   * of the workspace, before it starts to work.
   */
  recover(isListed: (sha256: Sha256) => boolean): void
}

/** The part of the file system that can run out of space; a test gives its own. */
export interface BlobWriter {
  write(fd: number, data: Uint8Array, offset: number): number
}

const nodeWriter: BlobWriter = { write: (fd, data, offset) => writeSync(fd, data, offset) }

const journalSchema = z.array(z.object({ sha256: sha256Schema, format: imageFormatSchema }))
const journalPrefix = 'publishing-'

function fromSource<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new ImageRefusal('unreadable', { words: message }, { cause: error })
  }
}

/** Rights of photographs: those of products, which are nobody else's business. */
const ownerOnly = 0o600

/** @param root the workspace's folder */
export function createBlobStore(root: string, writer: BlobWriter = nodeWriter): BlobStore {
  const staging = join(root, 'images', 'staging')
  const block = Buffer.allocUnsafeSlow(blockBytes)
  const pathOf = (sha256: Sha256, format: ImageFormat): string => join(root, blobFile(sha256, format))

  function writeAll(fd: number, data: Uint8Array): void {
    for (let at = 0; at < data.length; ) at += writer.write(fd, data, at)
  }

  function writeSynced(path: string, data: Uint8Array): void {
    const fd = openSync(path, 'wx', ownerOnly)
    try {
      writeAll(fd, data)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  }

  function copy(source: string, target: string): { sha256: Sha256; bytes: number } {
    const hash = createHash('sha256')
    let bytes = 0
    const from = fromSource(() => openSync(source, 'r'))
    try {
      const to = openSync(target, 'wx', ownerOnly)
      try {
        for (;;) {
          const count = fromSource(() => readSync(from, block, 0, blockBytes, null))
          if (count === 0) break
          const part = block.subarray(0, count)
          hash.update(part)
          writeAll(to, part)
          bytes += count
        }
        fsyncSync(to)
      } finally {
        closeSync(to)
      }
    } finally {
      closeSync(from)
    }
    return { sha256: hash.digest('hex'), bytes }
  }

  return {
    path: pathOf,
    has: (sha256, format) => existsSync(pathOf(sha256, format)),
    stage: (source) =>
      stored(() => {
        mkdirSync(staging, { recursive: true, mode: 0o700 })
        const path = join(staging, `${temporaryPrefix}${randomUUID()}`)
        try {
          return { path, ...copy(source, path) }
        } catch (error) {
          rmSync(path, { force: true })
          throw error
        }
      }),
    stageBytes: (bytes) =>
      stored(() => {
        mkdirSync(staging, { recursive: true, mode: 0o700 })
        const path = join(staging, `${temporaryPrefix}${randomUUID()}`)
        try {
          writeSynced(path, bytes)
          return { path, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }
        } catch (error) {
          rmSync(path, { force: true })
          throw error
        }
      }),
    withdraw: (files) =>
      stored(() => {
        mkdirSync(staging, { recursive: true, mode: 0o700 })
        const journal = join(staging, `${journalPrefix}${randomUUID()}`)
        writeSynced(
          journal,
          Buffer.from(JSON.stringify(files.map(({ sha256, format }) => ({ sha256, format })))),
        )
        syncFolderNow(staging)
        return {
          confirm: () =>
            stored(() => {
              for (const { sha256, format } of files) rmSync(pathOf(sha256, format), { force: true })
              rmSync(journal, { force: true })
            }),
          undo: () => stored(() => rmSync(journal, { force: true })),
        }
      }),
    publish: (files) =>
      stored(() => {
        const fresh = files.filter(({ staged, format }) => !existsSync(pathOf(staged.sha256, format)))
        const journal = join(staging, `${journalPrefix}${randomUUID()}`)
        const confirm = (): void => stored(() => rmSync(journal, { force: true }))
        const undo = (): void =>
          stored(() => {
            for (const { staged, format } of fresh) rmSync(pathOf(staged.sha256, format), { force: true })
            rmSync(journal, { force: true })
          })
        try {
          const names = fresh.map(({ staged: { sha256 }, format }) => ({ sha256, format }))
          writeSynced(journal, Buffer.from(JSON.stringify(names)))
          syncFolderNow(staging)
          const folders = new Set<string>()
          for (const { staged, format } of files) {
            const target = pathOf(staged.sha256, format)
            const folder = dirname(target)
            if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined)
              folders.add(dirname(folder))
            renamePatientlyNow(staged.path, target)
            folders.add(folder)
          }
          for (const folder of folders) syncFolderNow(folder)
        } catch (error) {
          undo()
          throw error
        }
        return { confirm, undo }
      }),
    discard: (staged) => stored(() => rmSync(staged.path, { force: true })),
    recover: (isListed) =>
      stored(() => {
        if (!existsSync(staging)) return
        for (const name of readdirSync(staging)) {
          const path = join(staging, name)
          if (name.startsWith(journalPrefix)) {
            for (const { sha256, format } of readJournal(path)) {
              if (!isListed(sha256)) rmSync(pathOf(sha256, format), { force: true })
            }
          }
          rmSync(path, { force: true })
        }
      }),
  }
}

/**
 * Reads the journal of a publication. An incomplete journal was written before anything was renamed, so it lists
 * nothing.
 */
function readJournal(path: string): z.infer<typeof journalSchema> {
  const text = readFileSync(path, 'utf8')
  if (!text.endsWith(']')) return []
  return journalSchema.parse(JSON.parse(text))
}
