/**
 * Clears away pictures of live parts that are older than they are to be kept, or more than they may take: a line makes
 * hundreds of thousands in a shift. In small bites, so that nobody who works waits for it.
 */
import { rm } from 'node:fs/promises'
import { z } from 'zod'
import { failureDocument } from '../../../shared/failure.ts'
import { type Retention, retentionKey, retentionSchema, standardRetention } from '../../../shared/live.ts'
import type { Session } from '../../session/session.ts'
import { recordAudit } from '../../store/audit.ts'
import type { Database } from '../../store/database.ts'
import {
  type ClearablePicture,
  clearablePictures,
  imageRanges,
  livePictureBytes,
  markCleared,
} from '../../store/live-pictures.ts'
import { isAnythingRemoved } from '../../store/removed.ts'
import { idRanges } from '../../store/scores.ts'
import { readSetting } from '../../store/settings.ts'
import { clearRemoved } from '../removal/clear-removed.ts'

/** Parts in one transaction, and in one sweep: what is left over is for the next one. */
const bite = 25
const sweepOf = 500
const day = 86_400_000
/** Milliseconds until the first sweep, between two, and while there is more to do. */
const times = { first: 60_000, every: 3_600_000, more: 2_000 }

const nameRow = z.object({ name: z.string() })

export interface Cleared {
  parts: number
  bytes: number
  /** Whether there was more than one sweep takes. */
  more: boolean
}

export const retentionOf = (session: Session): Retention =>
  readSetting(session.workspace.db, retentionKey, retentionSchema, standardRetention)

/** One sweep, and one row of the audit for it. By age only as long as the clock has not jumped. */
export async function clearPictures(session: Session, signal?: AbortSignal): Promise<Cleared> {
  const { db } = session.workspace
  const { goodDays, flaggedDays, gigabytes } = retentionOf(session)
  const cleared: ClearablePicture[] = []
  const isFull = (): boolean => cleared.length + bite > sweepOf
  const pass = async (flagged: boolean, before: number, most: () => number): Promise<void> => {
    for (const range of imageRanges(db)) {
      for (;;) {
        if (signal?.aborted || isFull() || most() <= 0 || !mayClear(session)) return
        const found = clearablePictures(db, range, { flagged, before, limit: bite })
        const next = upTo(found, most())
        await clear(session, next)
        cleared.push(...next)
        await rest()
        if (found.length < bite) break
      }
    }
  }
  try {
    const all = (): number => Number.POSITIVE_INFINITY
    const time = session.clock.look() === null ? db.now() : null
    if (time !== null && isAnythingRemoved(db) && mayClear(session)) await clearRemoved(session, time, signal)
    if (time !== null && goodDays !== null) await pass(false, time - goodDays * day, all)
    if (time !== null && flaggedDays !== null) await pass(true, time - flaggedDays * day, all)
    if (gigabytes !== null) {
      const before = bytesOf(cleared)
      const excess = (await bytesTaken(db)) - gigabytes * 1e9
      const left = (): number => excess - (bytesOf(cleared) - before)
      // Whatever time they say they are of: the disk is full also by a clock that was set back.
      await pass(false, Number.MAX_SAFE_INTEGER, left)
      await pass(true, Number.MAX_SAFE_INTEGER, left)
    }
  } finally {
    tell(session, cleared)
  }
  return { parts: cleared.length, bytes: bytesOf(cleared), more: isFull() }
}

const rest = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function bytesTaken(db: Database): Promise<number> {
  let bytes = 0
  for (const range of imageRanges(db)) {
    bytes += livePictureBytes(db, range)
    await rest()
  }
  return bytes
}

const bytesOf = (pictures: readonly ClearablePicture[]): number =>
  pictures.reduce((sum, { bytes }) => sum + bytes, 0)

/** Imports, exports and checks look at files: they come first. */
const mayClear = ({ jobs }: Session): boolean =>
  jobs.list({ active: true }).every(({ kind }) => kind === 'live' || kind === 'train')

/** As many of the oldest as make up so many bytes. */
function upTo(pictures: readonly ClearablePicture[], bytes: number): ClearablePicture[] {
  let sum = 0
  return pictures.filter((picture) => {
    const wanted = sum < bytes
    sum += picture.bytes
    return wanted
  })
}

async function clear({ workspace, log }: Session, pictures: readonly ClearablePicture[]): Promise<void> {
  if (pictures.length === 0) return
  const { db, blobs } = workspace
  const withdrawal = blobs.withdraw([...pictures])
  let maps: string[] = []
  try {
    maps = db.transaction(() => pictures.flatMap((picture) => markCleared(db, picture)))
  } catch (error) {
    withdrawal.undo()
    throw error
  }
  withdrawal.confirm()
  for (const file of maps) {
    await rm(workspace.path(file), { force: true }).catch((error: unknown) =>
      log.warn(`${file} could not be removed.`, failureDocument(error)),
    )
  }
}

function tell(session: Session, cleared: readonly ClearablePicture[]): void {
  if (cleared.length === 0) return
  const { workspace, log, events } = session
  const { db } = workspace
  const bytes = bytesOf(cleared)
  recordAudit(db, {
    action: 'live.cleared',
    detail: {
      images: idRanges(cleared.map(({ image }) => image)),
      parts: cleared.length,
      bytes,
      ...retentionOf(session),
    },
  })
  log.info(`The pictures of ${cleared.length} live parts were cleared away: ${bytes} bytes of photographs.`, {
    parts: cleared.length,
    bytes,
  })
  const names = db.all(
    nameRow,
    'SELECT DISTINCT dataset.name FROM dataset JOIN live_watch ON dataset_id = dataset.id',
  )
  for (const { name } of names) events.emit('dataset.changed', { dataset: name })
}

/** Sweeps now and then while a workspace is open. @returns what ends it, with the sweep that is under way */
export function keepClear(session: Session): () => Promise<void> {
  const abort = new AbortController()
  let sweeping: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout
  const sweep = async (): Promise<void> => {
    let wait = times.every
    try {
      if ((await clearPictures(session, abort.signal)).more) wait = times.more
    } catch (error) {
      session.log.error('The pictures of live parts could not be cleared away.', failureDocument(error))
    }
    if (!abort.signal.aborted) begin(wait)
  }
  const begin = (wait: number): void => {
    timer = setTimeout(() => {
      sweeping = sweep()
    }, wait).unref()
  }
  begin(times.first)
  return async () => {
    abort.abort()
    clearTimeout(timer)
    await sweeping
  }
}
