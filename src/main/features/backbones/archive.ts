/** Zip archives, which Python wheels and PyTorch's newer files are: single files out of them, into memory. */

import { buffer } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import { message } from '../../../shared/messages/message.ts'
import { Refusal } from './refusal.ts'

export interface Archive {
  /** The names of all files in it. */
  readonly names: readonly string[]
  /** A file's content; null where the archive has none of this name. @throws Refusal where it is damaged */
  read(name: string): Promise<Buffer | null>
}

/** More files than this has no archive that is read here. */
const mostEntries = 20_000

/** Whether the bytes begin like a zip archive with at least one file. */
export const isArchive = (bytes: Buffer): boolean => bytes.length >= 4 && bytes.readUInt32LE(0) === 0x04034b50

/**
 * @param mostBytes the most bytes that all files together may have when they are unpacked
 * @throws Refusal
 */
export async function openArchive(bytes: Buffer, mostBytes: number): Promise<Archive> {
  const entries = new Map<string, Entry>()
  const zip = await guarded(() => fromBufferPromise(bytes, { lazyEntries: true, autoClose: false }))
  let total = 0
  await guarded(async () => {
    for await (const entry of zip.eachEntry()) {
      total += entry.uncompressedSize
      if (total > mostBytes || entries.size >= mostEntries) throw tooLarge(mostBytes)
      entries.set(entry.fileName, entry)
    }
  })
  return {
    names: [...entries.keys()],
    async read(name) {
      const entry = entries.get(name)
      return entry === undefined ? null : guarded(() => unpack(zip, entry))
    },
  }
}

export const tooLarge = (mostBytes: number): Refusal =>
  new Refusal(message('tensors-too-large', { megabytes: Math.floor(mostBytes / 1e6) }))

/** Yauzl ends with an error where an entry has more or fewer bytes than the archive's list says. */
async function unpack(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const content = await buffer(await zip.openReadStreamPromise(entry))
  if (crc32(content) !== entry.crc32) throw new Error(`${entry.fileName} has another checksum`)
  return content
}

async function guarded<R>(act: () => Promise<R>): Promise<R> {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof Refusal) throw cause
    const words = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '')
    throw new Refusal(message('archive-damaged', { words }), { cause })
  }
}
