/** Takes a photograph that is complete into the workspace and queues it for the engine. */

import { join } from 'node:path'
import type { ImageFormat } from '../../../shared/image.ts'
import { type LivePart, unlikeKey, unlikeSchema } from '../../../shared/live.ts'
import { type Message, message } from '../../../shared/messages/message.ts'
import type { Run } from '../../../shared/run.ts'
import type { Id, Sha256 } from '../../../shared/values.ts'
import { inspectImage } from '../../images/decode.ts'
import { ImageRefusal, refusalMessage } from '../../images/refusal.ts'
import { inRange, needsRange } from '../../images/wide-samples.ts'
import type { Session } from '../../session/session.ts'
import type { StagedFile } from '../../store/blob-store.ts'
import type { Database } from '../../store/database.ts'
import { addBlob, addImage, imageByHash } from '../../store/images.ts'
import { linkPart } from '../../store/live.ts'
import { isCleared, markBack } from '../../store/live-pictures.ts'
import { useOfPart } from '../../store/recipes.ts'
import { findRun } from '../../store/runs.ts'
import { sampleRangeOf } from '../../store/sample-ranges.ts'
import { readSetting } from '../../store/settings.ts'
import { feedEngine } from './feed-engine.ts'
import { isSameStamp, mayBeTouched, stampOf } from './file-stamp.ts'
import { refusePart } from './judge-parts.ts'
import { beginImportInto, liveDatasetOf } from './live-dataset.ts'
import { type UsualLight, unlikeness as unlikenessTo, usualLight } from './usual-light.ts'
import { showUnlike } from './watch-notes.ts'
import type { Taking, WholeFile } from './watched-files.ts'
import type { WatchedLine } from './watched-line.ts'

/** What may be different once the rest of the file has come, or the program that keeps it to itself has ended. */
const passing = new Set(['truncated', 'corrupt', 'empty-file', 'unreadable'])

/**
 * Takes a photograph into the workspace and gives it to the engine. What cannot be read is refused, where that cannot
 * change any more.
 */
export async function takeIn(line: WatchedLine, part: LivePart, file: WholeFile): Promise<Taking> {
  const { db, blobs } = line.session.workspace
  const path = join(line.watch.folder, part.file)
  let staged: StagedFile | null = null
  // Of the file itself, also where its values are stored in another range.
  let sha256: Sha256 | null = null
  try {
    staged = blobs.stage(path)
    sha256 = staged.sha256
    const now = await stampOf(path)
    if (now !== null && !isSameStamp(now, file.stamp)) {
      blobs.discard(staged)
      // Not where only its times were set: then the same picture is read again.
      if (!mayBeTouched(file.stamp, now)) {
        refusePart(line, part.id, refusalMessage(new ImageRefusal('unreadable', { case: 'overwritten' })))
      }
      return 'changed'
    }
    const warnings = file.doubtfulTail > 0 ? [message('zero-tail', { bytes: file.doubtfulTail })] : []
    const target = targetOf(line, part)
    const taken = await inKnownRange(line, staged, target)
    staged = taken.staged
    const image = await imageOf(line, part, target, staged, [...warnings, ...taken.warnings])
    if (file.isCut) throw new ImageRefusal('truncated', { case: 'end-mark' })
    linkPart(db, part.id, image)
    const reason = unlikeness(line, image, target)
    showUnlike(line, reason)
    if (reason === null) queueImage(line, image)
    else refusePart(line, part.id, reason)
    return { sha256 }
  } catch (error) {
    if (staged !== null) blobs.discard(staged)
    if (!(error instanceof ImageRefusal)) throw error
    const isGone = staged === null && (await stampOf(path)) === null
    if (passing.has(error.code) && !file.isFinal && !isGone && !line.context.signal.aborted) return 'doubtful'
    refusePart(line, part.id, refusalMessage(error))
    return { sha256 }
  }
}

/** By whose range and in which dataset a photograph is stored. */
interface Target {
  run: Run
  datasetId: Id
}

/** Those of the recipe under which the part came, which need not judge yet. */
function targetOf(line: WatchedLine, part: LivePart): Target {
  const { session, watch, model } = line
  const { db } = session.workspace
  const later = useOfPart(db, part.id)
  const target =
    later === null || later.id <= line.recipe
      ? { run: model.run, datasetId: watch.datasetId }
      : targetFor(db, findRun(db, later.run), watch.folder)
  beginImportInto(line, target.datasetId)
  return target
}

const targetFor = (db: Database, run: Run, folder: string): Target => ({
  run,
  datasetId: liveDatasetOf(db, run, folder).id,
})

/** What is usual by each model. */
const usualOf = new WeakMap<Session, Map<Id, UsualLight | null>>()

/** Why a photograph cannot be judged, because it is unlike all that the model knows; null where it can. */
function unlikeness({ session }: WatchedLine, image: number, { run }: Target): Message | null {
  const { db } = session.workspace
  if (!readSetting(db, unlikeKey, unlikeSchema, true)) return null
  const known = usualOf.get(session) ?? new Map<Id, UsualLight | null>()
  usualOf.set(session, known)
  const usual = known.get(run.id) ?? usualLight(db, run.datasetId)
  known.set(run.id, usual)
  return usual === null ? null : unlikenessTo(db, run.datasetId, image, usual)
}

/** A photograph of floating point or 32 bits in the range that was confirmed for those that the model knows. */
async function inKnownRange(
  { session }: WatchedLine,
  staged: StagedFile,
  { run }: Target,
): Promise<{ staged: StagedFile; warnings: readonly Message[] }> {
  const { db, blobs } = session.workspace
  const range = sampleRangeOf(db, run.datasetId)
  if (range === null || !needsRange(staged.path)) return { staged, warnings: [] }
  const { png, warnings } = await inRange(staged.path, range)
  blobs.discard(staged)
  return { staged: blobs.stageBytes(png), warnings }
}

/** Gives an image to the engine when its turn comes. */
export function queueImage(line: WatchedLine, image: number): void {
  line.queue.push(image)
  feedEngine(line)
}

/** The image of a photograph, which is new, or came before: then it may have been cleared away. */
async function imageOf(
  line: WatchedLine,
  part: LivePart,
  target: Target,
  staged: StagedFile,
  ofArrival: readonly Message[],
): Promise<number> {
  const { db, blobs } = line.session.workspace
  const { sha256, bytes } = staged
  const known = imageByHash(db, target.datasetId, sha256)
  if (known && !isCleared(db, sha256)) {
    blobs.discard(staged)
    return known.id
  }
  const { format, store } = known
    ? { format: known.format, store: () => markedBack(db, known.id) }
    : await newImage(line, part, target, staged, ofArrival)
  const publication = blobs.publish([{ staged, format }])
  try {
    const id = db.transaction(() => {
      addBlob(db, { sha256, bytes, format })
      return store()
    })
    publication.confirm()
    return id
  } catch (error) {
    publication.undo()
    throw error
  }
}

function markedBack(db: Database, image: number): number {
  markBack(db, image)
  return image
}

/** A photograph that has not come before. @throws ImageRefusal */
async function newImage(
  { imports, session }: WatchedLine,
  { file }: LivePart,
  { datasetId }: Target,
  { path, sha256 }: StagedFile,
  ofArrival: readonly Message[],
): Promise<{ format: ImageFormat; store: () => number }> {
  const importId = imports.get(datasetId)
  if (importId === undefined) throw new RangeError('a photograph comes in before its import has begun')
  const { format, width, height, channels, bitDepth, peak, gray, warnings } = await inspectImage(path)
  const store = (): number =>
    addImage(session.workspace.db, {
      datasetId,
      importId,
      sha256,
      file,
      width,
      height,
      channels,
      bitDepth,
      peak,
      gray,
      split: 'live',
      label: 'unlabeled',
      defectType: null,
      maskSha256: null,
      partGroup: null,
      warnings: [...warnings, ...ofArrival],
    })
  return { format, store }
}
