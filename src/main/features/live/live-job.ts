/**
 * A watched folder as a job that lasts until it is stopped. Each file that is whole gets a row, is taken into a
 * dataset of its own, scored by an engine that stays loaded, and judged; its verdict is stored in one transaction
 * with its score. Whatever a process that died had not stored is what the next one finds open, so that no part is
 * scored twice and none is left out.
 */

import { join } from 'node:path'
import { type FailureData, failureData, failureDocument, failureOf } from '../../../shared/failure.ts'
import type { Image } from '../../../shared/image.ts'
import type { LivePart, LiveWatch } from '../../../shared/live.ts'
import { type Message, message } from '../../../shared/messages/message.ts'
import type { Run } from '../../../shared/run.ts'
import type { Id } from '../../../shared/values.ts'
import type { EngineTask, ScoredImage, TaskMessage } from '../../engine/protocol.ts'
import { refusalMessage } from '../../images/refusal.ts'
import type { JobContext, JobEnd, JobPlan } from '../../jobs/jobs.ts'
import type { Session } from '../../session/session.ts'
import { recordAudit } from '../../store/audit.ts'
import { findDataset } from '../../store/datasets.ts'
import { addBlob, addImage, findImage, imageByHash } from '../../store/images.ts'
import { beginImport, stopImport } from '../../store/imports.ts'
import {
  addPart,
  countParts,
  endWatch,
  handOver,
  hasPart,
  judgePart,
  linkPart,
  notedUse,
  noteRefused,
  openPart,
  openParts,
  openPartsOf,
} from '../../store/live.ts'
import { partsPerRow, recordJudgedParts } from '../../store/live-audit.ts'
import { isCleared, markBack } from '../../store/live-pictures.ts'
import { modelInUse } from '../../store/model-uses.ts'
import { findRun, runFolder } from '../../store/runs.ts'
import { componentsOf, saveScores, scoreOf } from '../../store/scores.ts'
import { readPhotograph } from '../import/photograph.ts'
import { mapScaleOf } from '../runs/score-settings.ts'
import { engineImage, readTrainingList } from '../runs/training-images.ts'
import { measureFlaggedRegions } from '../scoring/measure-flagged-regions-task.ts'
import { newScore } from '../scoring/score-job.ts'
import { type Judge, judgeOf, presentJudge } from './judge.ts'
import { renewResults, unwritten, writeResult } from './results.ts'
import { watchFolder } from './watch-folder.ts'

/** Photographs that the engine has and has not scored yet. */
const mostFed = 24
/** A photograph cut off in the middle may still be on its way for so long, in milliseconds. */
const patience = 5000
/** How long the engine rests after it ended by itself. */
const restart = 1000
/** The audit tells of verdicts at the latest after so long, in milliseconds. */
const toldWithin = 60_000

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

/** A trained run and what judges its scores. */
interface Model {
  run: Run
  judge: Judge
  white: number
}

/** A model that was taken into use and does not judge yet. */
interface Exchange {
  use: number
  run: Id
  /** Null until the engine was asked to load it. */
  model: Model | null
}

/** What goes on while a folder is watched. */
interface Line {
  session: Session
  watch: LiveWatch
  model: Model
  /** While it is not null, no image is given to the engine. */
  exchange: Exchange | null
  /** The use of a model that could not be loaded: it is not tried again. */
  refusedUse: number | null
  importId: Id
  context: JobContext
  /** Verdicts that the audit does not tell of yet. */
  untold: number
  /** Images that wait for the engine. */
  queue: number[]
  /** Images that the engine has. */
  fed: Set<number>
  isReady: boolean
  /** Images whose maps are measured before they are judged, with the model that scored them; one thread at a time. */
  unmeasured: Map<number, Model>
  isMeasuring: boolean
  measuring: Promise<void>
  /** Results are written one after another. */
  writing: Promise<void>
}

async function live(session: Session, watch: LiveWatch, context: JobContext): Promise<JobEnd> {
  const { workspace, log } = session
  const { db } = workspace
  const model = await modelOf(session, watch.runId)
  recordJudgedParts(db, watch)
  await renewResults(workspace, watch)
  const line: Line = {
    session,
    watch,
    model,
    exchange: null,
    refusedUse: null,
    importId: beginImport(db, { datasetId: watch.datasetId, source: watch.folder, layout: 'flat' }),
    context,
    untold: 0,
    queue: [],
    fed: new Set(),
    isReady: false,
    unmeasured: new Map(),
    isMeasuring: false,
    measuring: Promise.resolve(),
    writing: Promise.resolve(),
  }
  const stopFollowing = session.events.on('model.changed', () => follow(line))
  const telling = setInterval(() => tellAudit(line), toldWithin)
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
    clearInterval(telling)
    tellAudit(line)
    stopImport(db, line.importId, 'cancelled')
  }
  if (context.signal.reason === 'close') {
    const failure = message('interrupted', { case: 'watching' })
    return { state: 'interrupted', failure }
  }
  endWatch(db, watch.id)
  return { state: 'cancelled' }
}

async function modelOf({ workspace }: Session, id: Id): Promise<Model> {
  const run = findRun(workspace.db, id)
  const { white } = await readTrainingList(workspace, run)
  return { run, judge: judgeOf(workspace.db, run), white }
}

/** What cannot be told now is told later: it must not end the line. */
function tellAudit(line: Line): void {
  const { session, watch } = line
  line.untold = 0
  try {
    recordJudgedParts(session.workspace.db, watch)
  } catch (error) {
    session.log.error('The audit could not be told of the live parts yet.', failureDocument(error))
  }
}

/**
 * Has the engine load the model in use, where that is not the one that judges: after a promotion or a rollback, in
 * this process or another. Until it is loaded the present one stays; no image is under way while they change.
 */
function follow(line: Line): void {
  const { session, watch, model } = line
  const { db } = session.workspace
  if (!line.isReady || line.exchange !== null) return
  const use = modelInUse(db, model.run.datasetId)
  if (use === null || use.id === line.refusedUse || use.id === notedUse(db, watch.id)) return
  if (use.runId === model.run.id) {
    handOver(db, watch.id, { runId: use.runId, modelUse: use.id })
    return
  }
  const exchange: Exchange = { use: use.id, run: use.runId, model: null }
  line.exchange = exchange
  void load(line, exchange)
}

async function load(line: Line, exchange: Exchange): Promise<void> {
  const { session, context } = line
  try {
    const model = await modelOf(session, exchange.run)
    // The engine may have ended meanwhile: then it begins again, and asks again.
    if (line.exchange !== exchange) return
    exchange.model = model
    session.log.info(`The engine loads run ${exchange.run}, the model in use.`, { run: exchange.run })
    session.supervisor.exchange(context.id, {
      run: exchange.run,
      folder: session.workspace.path(runFolder(exchange.run)),
    })
  } catch (error) {
    if (line.exchange === exchange) goOnWith(line, failureData(error))
  }
}

/** The engine has loaded the model, or could not. What it had and did not score is given to it again. */
function goOnWith(line: Line, failure: FailureData | null): void {
  const { session, watch, exchange } = line
  const { db } = session.workspace
  line.exchange = null
  line.queue.unshift(...line.fed)
  line.fed.clear()
  if (exchange === null) return
  const before = line.model.run.id
  const entry = { run: exchange.run, dataset: findDataset(db, watch.datasetId).name }
  if (failure === null && exchange.model !== null) {
    db.transaction(() => {
      handOver(db, watch.id, { runId: exchange.run, modelUse: exchange.use })
      recordAudit(db, { ...entry, action: 'live.model-taken', detail: { watch: watch.id, before } })
    })
    line.model = exchange.model
    line.watch = { ...watch, runId: exchange.run, refused: null }
    session.log.info(`Run ${exchange.run} judges from the next part on.`, { run: exchange.run, before })
  } else if (failure !== null) {
    line.refusedUse = exchange.use
    db.transaction(() => {
      noteRefused(db, watch.id, { run: exchange.run, failure })
      const detail = { watch: watch.id, before, code: failure.code, message: failureOf(failure).message }
      recordAudit(db, { ...entry, action: 'live.model-refused', detail })
    })
    session.log.error(
      `Run ${exchange.run} could not be loaded; run ${before} goes on judging: ${failureOf(failure).message}`,
      failure,
    )
  }
  tell(line)
  feed(line)
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
  const { db } = line.session.workspace
  let { image } = part
  if (image === null) {
    const taken = await importPart(line, part)
    if (typeof taken === 'object') {
      refusePart(line, part.id, taken)
      return
    }
    image = taken
    linkPart(db, part.id, image)
  }
  line.queue.push(image)
  feed(line)
}

/** @param reason of the topic `failure` */
function refusePart(line: Line, part: number, reason: Message): void {
  const { session, model } = line
  const judged = judgePart(session.workspace.db, part, {
    verdict: 'refused',
    score: null,
    threshold: null,
    reason,
    run: model.run.id,
    point: null,
  })
  if (judged) write(line, judged)
}

/** The image's number, or why it is none. */
async function importPart(line: Line, part: LivePart): Promise<number | Message> {
  const { session, watch, importId, context } = line
  const { workspace } = session
  const { db, blobs } = workspace
  const since = performance.now()
  for (;;) {
    const reading = await readPhotograph(workspace, watch.datasetId, watch.folder, part.file)
    if (reading.kind === 'already') return present(line, reading.image, part)
    if (reading.kind === 'refused') {
      const { refusal } = reading
      if (refusal.code !== 'truncated' || performance.now() - since > patience || context.signal.aborted)
        return refusalMessage(refusal)
      await new Promise((resolve) => setTimeout(resolve, patience / 10))
      continue
    }
    const { staged, info } = reading
    const known = imageByHash(db, watch.datasetId, staged.sha256)
    if (known) {
      blobs.discard(staged)
      return present(line, known, part)
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

/** An image whose photograph was cleared away has it again, now that the same has come. */
function present({ session, watch }: Line, image: Image, { file }: LivePart): number {
  const { db, blobs } = session.workspace
  if (!isCleared(db, image.sha256)) return image.id
  const staged = blobs.stage(join(watch.folder, file))
  const publication = blobs.publish([{ staged, format: image.format }])
  try {
    db.transaction(() => {
      addBlob(db, { sha256: image.sha256, bytes: staged.bytes, format: image.format })
      markBack(db, image.id)
    })
    publication.confirm()
    return image.id
  } catch (error) {
    publication.undo()
    throw error
  }
}

function feed(line: Line): void {
  const { session, context } = line
  follow(line)
  if (!line.isReady || line.exchange !== null) return
  const { model } = line
  const { db } = session.workspace
  const images: number[] = []
  while (line.queue.length > 0 && line.fed.size < mostFed) {
    const next = line.queue.shift()
    if (next === undefined || line.fed.has(next)) continue
    // The same photograph came before, or Fanoscope was closed before it was judged.
    if (scoreOf(db, model.run.id, next)) {
      judgeImage(line, next, model)
      continue
    }
    line.fed.add(next)
    images.push(next)
  }
  if (images.length === 0) return
  session.supervisor.feed(
    context.id,
    images.map((id) => engineImage(session.workspace, findImage(db, id), model.white)),
  )
}

/** Keeps an engine at work until the job is to stop; one that ended by itself is started again. */
async function keepEngine(line: Line): Promise<void> {
  const { session, context } = line
  const { supervisor, workspace, log } = session
  while (!context.signal.aborted) {
    const { run } = line.model
    const task: EngineTask<'score'> = {
      kind: 'score',
      task: context.id,
      run: run.id,
      folder: workspace.path(runFolder(run.id)),
      images: [],
      maps: true,
      stream: true,
    }
    const observe = (message: TaskMessage<'score'>): void => {
      if (message.type === 'progress' && !line.isReady) {
        line.isReady = true
        feed(line)
      } else if (message.type === 'refused') {
        refuse(line, message.image, message.why)
        feed(line)
      } else if (message.type === 'exchanged') goOnWith(line, message.failure)
      else if (message.type === 'scored') {
        store(line, message.rows)
        feed(line)
      }
    }
    const outcome = await supervisor.run(task, observe, context.signal)
    line.isReady = false
    line.queue.unshift(...line.fed)
    line.fed.clear()
    if (context.signal.aborted) break
    // It ended while it loaded another model: that one may be what ended it.
    if (line.exchange?.model != null && 'failure' in outcome) goOnWith(line, outcome.failure)
    line.exchange = null
    if (outcome.kind === 'failed') log.error(failureOf(outcome.failure).message, outcome.failure)
    await new Promise((resolve) => setTimeout(resolve, restart))
  }
}

function refuse(line: Line, image: number, reason: Message): void {
  const { session, watch } = line
  line.fed.delete(image)
  for (const part of openPartsOf(session.workspace.db, watch.id, image)) refusePart(line, part.id, reason)
  tell(line)
}

/** Scores and verdicts in one transaction: either both are there, or the part is still open. */
function store(line: Line, rows: readonly ScoredImage[]): void {
  const { session, model } = line
  const { db } = session.workspace
  const { id } = model.run
  const judged = db.transaction(() => {
    saveScores(
      db,
      id,
      rows[0]?.componentNames ?? [],
      rows.map((row) => newScore(id, row)),
      'later',
    )
    return rows.flatMap(({ image }) => verdicts(line, image, model))
  })
  for (const { image } of rows) line.fed.delete(image)
  for (const part of judged) write(line, part)
  measure(line)
  tell(line)
}

/** @param isMeasured its regions were measured as far as that went; where they were not, its score decides */
function verdicts(line: Line, image: number, model: Model, isMeasured = false): LivePart[] {
  const { session, watch } = line
  const { db } = session.workspace
  const { run } = model
  const measured = componentsOf(db, run.id, image)
  if (!measured) return []
  const names = findRun(db, run.id).components ?? []
  // A threshold that was set meanwhile holds from the next part on.
  model.judge = presentJudge(db, run, model.judge)
  const { judge } = model
  const judged = judge.of(image, measured.components, names)
  if (!isMeasured && judge.awaitsRegions(image, judged)) {
    line.unmeasured.set(image, model)
    return []
  }
  const values = { ...judged, reason: null, run: run.id, point: judge.point }
  return openPartsOf(db, watch.id, image).flatMap((part) => judgePart(db, part.id, values) ?? [])
}

function judgeImage(line: Line, image: number, model: Model, isMeasured = false): void {
  const { db } = line.session.workspace
  for (const part of db.transaction(() => verdicts(line, image, model, isMeasured))) write(line, part)
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
    const waiting = [...line.unmeasured]
    line.unmeasured.clear()
    try {
      for (const run of new Set(waiting.map(([, model]) => model.run.id))) {
        const images = waiting.filter(([, model]) => model.run.id === run).map(([image]) => image)
        await measureFlaggedRegions(workspace, run, images)
      }
    } catch (error) {
      // Rather a false reject than a part that is never judged.
      log.error('The regions of heat maps could not be measured.', failureDocument(error))
    }
    for (const [image, model] of waiting) judgeImage(line, image, model, true)
    tell(line)
  }
}

/** @param isListed its line is in the file, which was just made anew */
function write(line: Line, part: LivePart, isListed = false): void {
  const { session, watch, context } = line
  const { workspace, events, log } = session
  const { db } = workspace
  if (!isListed) {
    events.emit('live.judged', part)
    line.untold += 1
    if (line.untold >= partsPerRow && !context.signal.aborted) tellAudit(line)
  }
  const run = part.run === null ? line.model.run : findRun(db, part.run)
  line.writing = line.writing
    .then(async () => {
      const score = part.image === null ? undefined : scoreOf(db, run.id, part.image)
      const map =
        score?.mapFile != null && score.mapScale !== null
          ? { file: score.mapFile, scale: score.mapScale }
          : null
      await writeResult(workspace, watch, part, { map, mapScale: mapScaleOf(run) }, !isListed)
    })
    .catch((error: unknown) => {
      // It stays unwritten in the database, and is written at the next start.
      log.error(`The result of ${part.file} could not be written.`, failureDocument(error))
    })
}
