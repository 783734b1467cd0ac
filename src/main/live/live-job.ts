/**
 * A watched folder as a job that lasts until it is stopped. Each file that is whole gets a row, is taken into a
 * dataset of its own, scored by an engine that stays loaded, and judged; its verdict is stored in one transaction
 * with its score. Whatever a process that died had not stored is what the next one finds open, so that no part is
 * scored twice and none is left out.
 */
import type { Id, Run } from '../../shared/domain.ts'
import { failureData } from '../../shared/failure.ts'
import type { LivePart, LiveWatch } from '../../shared/live.ts'
import type { ScoredImage, ScoreTask } from '../engine/protocol.ts'
import { readPhotograph } from '../import/photograph.ts'
import type { JobContext, JobEnd, JobPlan } from '../jobs/jobs.ts'
import { newScore } from '../jobs/score-job.ts'
import { measureRegions } from '../services/region-thread.ts'
import type { Session } from '../services/session.ts'
import { engineImage, readTrainingList } from '../services/training-images.ts'
import { addBlob, addImage, findImage, imageByHash } from '../store/images.ts'
import { beginImport, stopImport } from '../store/imports.ts'
import {
  addPart,
  countParts,
  endWatch,
  hasPart,
  judgePart,
  linkPart,
  openPart,
  openParts,
  openPartsOf,
} from '../store/live.ts'
import { findRun, runFolder } from '../store/runs.ts'
import { componentsOf, saveScores, scoreOf } from '../store/scores.ts'
import { mapScaleOf } from '../thresholds/settings.ts'
import { type Judge, judgeOf } from './judge.ts'
import { renewResults, unwritten, writeResult } from './results.ts'
import { watchFolder } from './watch-folder.ts'

/** Photographs that the engine has and has not scored yet. */
const mostFed = 24
/** A photograph cut off in the middle may still be on its way for so long, in milliseconds. */
const patience = 5000
/** How long the engine rests after it ended by itself. */
const restart = 1000

export function livePlan(session: Session, watch: LiveWatch): JobPlan {
  return {
    kind: 'live',
    payload: { watch: watch.id, folder: watch.folder },
    runId: watch.runId,
    datasetId: watch.datasetId,
    lane: 'engine',
    work: (context) => live(session, watch, context),
    dropped: (reason) => {
      if (reason !== 'close') endWatch(session.workspace.db, watch.id)
    },
  }
}

/** What goes on while a folder is watched. */
interface Line {
  session: Session
  watch: LiveWatch
  run: Run
  judge: Judge
  importId: Id
  white: number
  context: JobContext
  /** Images that wait for the engine. */
  queue: number[]
  /** Images that the engine has. */
  fed: Set<number>
  isReady: boolean
  /** Images whose maps are measured before they are judged; those of one thread at a time. */
  unmeasured: Set<number>
  isMeasuring: boolean
  measuring: Promise<void>
  /** Results are written one after another. */
  writing: Promise<void>
}

async function live(session: Session, watch: LiveWatch, context: JobContext): Promise<JobEnd> {
  const { workspace, log } = session
  const { db } = workspace
  const run = findRun(db, watch.runId)
  const { white } = await readTrainingList(workspace, run)
  await renewResults(workspace, watch)
  const line: Line = {
    session,
    watch,
    run,
    judge: judgeOf(db, run),
    importId: beginImport(db, { datasetId: watch.datasetId, source: watch.folder, layout: 'flat' }),
    white,
    context,
    queue: [],
    fed: new Set(),
    isReady: false,
    unmeasured: new Set(),
    isMeasuring: false,
    measuring: Promise.resolve(),
    writing: Promise.resolve(),
  }
  // A threshold that is set meanwhile holds from the next part on.
  const stopFollowing = session.events.on('point.changed', ({ run: changed }) => {
    if (changed === run.id) line.judge = judgeOf(db, findRun(db, run.id))
  })
  try {
    for (const part of unwritten(workspace, watch)) write(line, part, true)
    for (const part of openParts(db, watch.id)) await takeIn(line, part)
    tell(line)
    const watching = watchFolder({
      folder: watch.folder,
      signal: context.signal,
      isKnown: (file) => hasPart(db, watch.id, file),
      onProblem: (message) => log.warn(`The watched folder cannot be read: ${message}`),
      onFound: (files) => {
        db.transaction(() => {
          for (const file of files) addPart(db, watch.id, file)
        })
        tell(line)
      },
      onWhole: async (file) => {
        const part = openPart(db, watch.id, file)
        if (part) await takeIn(line, part)
        tell(line)
      },
    })
    await Promise.all([watching, keepEngine(line)])
    await line.measuring
    await line.writing
  } finally {
    stopFollowing()
    stopImport(db, line.importId, 'cancelled')
  }
  if (context.signal.reason === 'close') {
    const failure = {
      code: 'interrupted',
      message: 'Fanoscope was closed while a folder was watched.',
      remedy: 'It is watched again when the workspace is opened.',
    }
    return { state: 'interrupted', failure }
  }
  endWatch(db, watch.id)
  return { state: 'cancelled' }
}

function tell({ session, watch, context }: Line): void {
  const { arrived, waiting } = countParts(session.workspace.db, watch.id)
  context.progress({
    phase: 'live',
    done: arrived - waiting,
    total: arrived,
    secondsLeft: null,
    paused: false,
  })
}

/** Takes a photograph into the workspace and gives it to the engine; what cannot be read is told as that. */
async function takeIn(line: Line, part: LivePart): Promise<void> {
  const { session, watch } = line
  const { workspace } = session
  const { db } = workspace
  let { image } = part
  if (image === null) {
    const taken = await importPart(line, part)
    if (typeof taken === 'string') {
      const judged = judgePart(db, part.id, {
        verdict: 'refused',
        score: null,
        threshold: null,
        reason: taken,
      })
      if (judged) write(line, judged)
      return
    }
    image = taken
    linkPart(db, part.id, image)
  }
  if (scoreOf(db, watch.runId, image)) judgeImage(line, image)
  else {
    line.queue.push(image)
    feed(line)
  }
}

/** The image's number, or why it is none. */
async function importPart(line: Line, part: LivePart): Promise<number | string> {
  const { session, watch, importId, context } = line
  const { workspace } = session
  const { db, blobs } = workspace
  const since = performance.now()
  for (;;) {
    const reading = await readPhotograph(workspace, watch.datasetId, watch.folder, part.file)
    if (reading.kind === 'already') return reading.image.id
    if (reading.kind === 'refused') {
      const { code, message } = reading.refusal
      if (code !== 'truncated' || performance.now() - since > patience || context.signal.aborted)
        return message
      await new Promise((resolve) => setTimeout(resolve, patience / 10))
      continue
    }
    const { staged, info } = reading
    const known = imageByHash(db, watch.datasetId, staged.sha256)
    if (known) {
      blobs.discard(staged)
      return known.id
    }
    const publication = blobs.publish([{ staged, format: info.format }])
    try {
      const id = db.transaction(() => {
        addBlob(db, { sha256: staged.sha256, bytes: staged.bytes, format: info.format })
        return addImage(db, {
          datasetId: watch.datasetId,
          importId,
          sha256: staged.sha256,
          file: part.file,
          width: info.width,
          height: info.height,
          channels: info.channels,
          bitDepth: info.bitDepth,
          peak: info.peak,
          split: 'test',
          label: 'unlabeled',
          defectType: null,
          maskSha256: null,
          partGroup: null,
          warnings: info.warnings,
        })
      })
      publication.confirm()
      return id
    } catch (error) {
      publication.undo()
      throw error
    }
  }
}

function feed(line: Line): void {
  const { session, context } = line
  if (!line.isReady) return
  const images: number[] = []
  while (line.queue.length > 0 && line.fed.size < mostFed) {
    const next = line.queue.shift()
    if (next === undefined || line.fed.has(next)) continue
    line.fed.add(next)
    images.push(next)
  }
  if (images.length === 0) return
  session.supervisor.feed(
    context.id,
    images.map((id) => engineImage(session.workspace, findImage(session.workspace.db, id), line.white)),
  )
}

/** Keeps an engine at work until the job is to stop; one that ended by itself is started again. */
async function keepEngine(line: Line): Promise<void> {
  const { session, run, context } = line
  const { supervisor, workspace, log } = session
  const cancel = (): void => supervisor.cancel(context.id)
  context.signal.addEventListener('abort', cancel, { once: true })
  while (!context.signal.aborted) {
    let rows = 0
    const task: ScoreTask = {
      kind: 'score',
      task: context.id,
      run: run.id,
      folder: workspace.path(runFolder(run.id)),
      images: [],
      maps: true,
      stream: true,
    }
    const outcome = await supervisor.run(task, (message) => {
      if (message.type === 'progress' && !line.isReady) {
        line.isReady = true
        feed(line)
      } else if (message.type === 'refused') {
        refuse(line, message.image, message.reason)
        feed(line)
      } else if (message.type === 'scored') {
        store(line, message.rows)
        rows += message.rows.length
        supervisor.stored(context.id, rows)
        feed(line)
      }
    })
    line.isReady = false
    line.queue.unshift(...line.fed)
    line.fed.clear()
    if (context.signal.aborted) break
    if (outcome.kind === 'failed') log.error(outcome.failure.message, outcome.failure)
    await new Promise((resolve) => setTimeout(resolve, restart))
  }
  context.signal.removeEventListener('abort', cancel)
}

function refuse(line: Line, image: number, reason: string): void {
  const { session, watch } = line
  const { db } = session.workspace
  line.fed.delete(image)
  for (const part of openPartsOf(db, watch.id, image)) {
    const judged = judgePart(db, part.id, { verdict: 'refused', score: null, threshold: null, reason })
    if (judged) write(line, judged)
  }
  tell(line)
}

/** Scores and verdicts in one transaction: either both are there, or the part is still open. */
function store(line: Line, rows: readonly ScoredImage[]): void {
  const { session, run } = line
  const { db } = session.workspace
  const judged = db.transaction(() => {
    saveScores(
      db,
      run.id,
      rows[0]?.componentNames ?? [],
      rows.map((row) => newScore(run.id, row)),
    )
    return rows.flatMap(({ image }) => verdicts(line, image))
  })
  for (const { image } of rows) line.fed.delete(image)
  for (const part of judged) write(line, part)
  measure(line)
  tell(line)
}

/** @param isMeasured its regions were measured as far as that went; where they were not, its score decides */
function verdicts(line: Line, image: number, isMeasured = false): LivePart[] {
  const { session, watch, run, judge } = line
  const { db } = session.workspace
  const measured = componentsOf(db, watch.runId, image)
  if (!measured) return []
  const names = findRun(db, run.id).components ?? []
  const judged = judge.of(image, measured.components, names)
  if (!isMeasured && judge.awaitsRegions(image, judged)) {
    line.unmeasured.add(image)
    return []
  }
  const values = { ...judged, reason: null }
  return openPartsOf(db, watch.id, image).flatMap((part) => judgePart(db, part.id, values) ?? [])
}

function judgeImage(line: Line, image: number, isMeasured = false): void {
  const { db } = line.session.workspace
  for (const part of db.transaction(() => verdicts(line, image, isMeasured))) write(line, part)
  measure(line)
}

/** Has the maps measured of the images that wait for it, and judges those. */
function measure(line: Line): void {
  if (line.isMeasuring || line.unmeasured.size === 0) return
  line.isMeasuring = true
  line.measuring = measureWaiting(line).finally(() => {
    line.isMeasuring = false
  })
}

async function measureWaiting(line: Line): Promise<void> {
  const { workspace, log } = line.session
  while (line.unmeasured.size > 0) {
    const images = [...line.unmeasured]
    line.unmeasured.clear()
    try {
      await measureRegions(workspace, line.run.id, images)
    } catch (error) {
      // Rather a false reject than a part that is never judged.
      log.error('The regions of heat maps could not be measured.', failureData(error))
    }
    for (const image of images) judgeImage(line, image, true)
    tell(line)
  }
}

/** @param isListed its line is in the file, which was just made anew */
function write(line: Line, part: LivePart, isListed = false): void {
  const { session, watch, run } = line
  const { workspace, events, log } = session
  if (!isListed) events.emit('live.judged', part)
  line.writing = line.writing
    .then(async () => {
      const score = part.image === null ? undefined : scoreOf(workspace.db, watch.runId, part.image)
      const map =
        score?.mapFile != null && score.mapScale !== null
          ? { file: score.mapFile, scale: score.mapScale }
          : null
      await writeResult(workspace, watch, part, { map, mapScale: mapScaleOf(run) }, !isListed)
    })
    .catch((error: unknown) => {
      // It stays unwritten in the database, and is written at the next start.
      log.error(`The result of ${part.file} could not be written.`, failureData(error))
    })
}
