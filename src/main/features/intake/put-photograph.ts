/**
 * Puts a photograph that a program posts into the watched folder: under a temporary name, synced, its row stored, and
 * then renamed. So it is there whole or not at all, and what was there before a power cut is judged after it.
 */
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Failure } from '../../../shared/failure.ts'
import type { ImageFormat } from '../../../shared/image.ts'
import { inspectImage } from '../../images/decode.ts'
import { syncFolder, temporaryPrefix } from '../../platform/durable-file.ts'
import { renamePatiently } from '../../platform/patient-rename.ts'
import type { Database } from '../../store/database.ts'
import { addDeposit, depositPrefix, removeDeposit } from '../../store/deposits.ts'
import { newId } from '../../store/ids.ts'

/** What names of photographs begin with that are still coming in. */
export const unfinishedPrefix = `${temporaryPrefix}${depositPrefix}`

/** Endings that a watched folder knows. */
const endings: Readonly<Record<ImageFormat, string>> = {
  png: '.png',
  jpeg: '.jpg',
  tiff: '.tif',
  bmp: '.bmp',
  webp: '.webp',
}

export interface Posted {
  point: string
  folder: string
  partNumber: string | null
  view: string | null
}

/**
 * @param mostBytes of the photograph
 * @param onNamed told the name of the file before the watch can find it
 * @throws Failure `intake-too-large`, and ImageRefusal for what is no photograph: then nothing is left of it
 */
export async function putPhotograph(
  db: Database,
  posted: Posted,
  content: Readable,
  { mostBytes, onNamed }: { mostBytes: number; onNamed(file: string): void },
): Promise<void> {
  const id = newId(db.now())
  const temporary = join(posted.folder, `${unfinishedPrefix}${id}`)
  let named: string | null = null
  try {
    await pipeline(content, atMost(mostBytes), createWriteStream(temporary, { flags: 'wx', flush: true }))
    const { format } = await inspectImage(temporary)
    const file = `${depositPrefix}${id}${endings[format]}`
    addDeposit(db, { ...posted, file, cameAt: db.now() })
    named = file
    onNamed(file)
    await renamePatiently(temporary, join(posted.folder, file))
    await syncFolder(posted.folder)
  } catch (error) {
    await rm(temporary, { force: true })
    if (named !== null) {
      await rm(join(posted.folder, named), { force: true })
      removeDeposit(db, named)
    }
    throw error
  }
}

function atMost(bytes: number): Transform {
  let count = 0
  return new Transform({
    transform(chunk: Buffer, _, done) {
      count += chunk.length
      if (count > bytes) done(new Failure('intake-too-large', { megabytes: Math.floor(bytes / 1e6) }))
      else done(null, chunk)
    },
  })
}
