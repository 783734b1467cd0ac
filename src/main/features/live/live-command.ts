/** `live`: watches folders and judges each photograph that comes into them, as the live screen does. */

import { z } from 'zod'
import { Failure, failureOf } from '../../../shared/failure.ts'
import type { FailureInfo } from '../../../shared/failure-schema.ts'
import type { LivePart, LiveState } from '../../../shared/live.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import { firstPoint, pointNameSchema } from '../../../shared/result.ts'
import type { Answer } from '../../command-line/answer.ts'
import type { AddCommand, CommandContext } from '../../command-line/command.ts'
import { wholeNumber } from '../../command-line/option-values.ts'
import { printableLine } from '../../command-line/printable.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import type { Session } from '../../session/session.ts'
import type { Database } from '../../store/database.ts'
import { nothingToNote, type WatchNotes, watchNotesOf } from './watch-notes.ts'

const english = wordsIn('en')

const optionsSchema = z.object({
  point: pointNameSchema.optional(),
  run: z.string().optional(),
  results: z.string().optional(),
  untilQuiet: z.number().optional(),
  state: z.boolean().default(false),
  stop: z.boolean().default(false),
})
type LiveOptions = z.output<typeof optionsSchema>

/** Milliseconds between two looks whether it is quiet. */
const lookEvery = 250

export const addLive: AddCommand = (line) =>
  line.add({
    acts: ({ state }) => !state,
    readsOnly: ({ state }) => state,
    name: 'live',
    parameters: [
      ['[folder]', 'the folder that the camera writes to (default: those that were watched last)'],
    ],
    summary: 'watch folders and judge each photograph that comes into them, until Ctrl-C',
    examples: [
      ['live /mnt/camera --run 0mc3', 'each verdict as it comes, and in results.csv beside the folder'],
      ['live', 'goes on at all inspection points, by the models in use'],
      ['live /mnt/top --point top --run 0mc3', 'at the inspection point top; points adds it'],
      ['live /mnt/camera --until-quiet 60', 'by the model in use; ends after a minute without a new part'],
      ['live --state', 'how it goes, also while a window watches'],
    ],
    declare: (command) =>
      command
        .option(
          '--point <name>',
          'the inspection point (default: with a folder the first one, else all of them)',
        )
        .option('--run <run>', 'the trained run that judges (default: the model in use)')
        .option(
          '--results <dir>',
          'where results.csv and pictures of flagged parts go (default: beside the folder)',
        )
        .option('--until-quiet <seconds>', 'end after so many seconds in which no part came', wholeNumber(1))
        .option('--state', 'tell what is watched and how it goes')
        .option('--stop', 'stop watching, also in a window on this machine'),
    options: optionsSchema,
    async act(context, options, folder) {
      if (options.state || options.stop) {
        if (options.state && options.stop) throw new WrongUse('Give --state or --stop, not both.')
        const { run, results, untilQuiet } = options
        if (folder !== undefined || run !== undefined || results !== undefined || untilQuiet !== undefined)
          throw new WrongUse('--state and --stop are given alone.')
        return options.stop ? stopAnswer(context, options) : stateAnswer(context, options)
      }
      return watchAnswer(context, options, folder)
    },
  })

/** The point that was named, else all of them. */
async function namedPoints(db: Database, point: string | undefined): Promise<string[]> {
  const { findPoint, listPoints } = await import('../../store/inspection-points.ts')
  return (point === undefined ? listPoints(db) : [findPoint(db, point)]).map(({ name }) => name)
}

async function stateAnswer(context: CommandContext, { point }: LiveOptions): Promise<Answer> {
  const { workspace } = await context.sessionOrSharedWorkspace()
  const { storedLiveState } = await import('./live.ts')
  const points = await namedPoints(workspace.db, point)
  return answerOf(
    workspace.db,
    points.map((name) => storedLiveState(workspace.db, { point: name })),
  )
}

async function stopAnswer(context: CommandContext, { point }: LiveOptions): Promise<Answer> {
  const { workspace } = await context.sessionOrSharedWorkspace()
  const { db } = workspace
  const [{ storedLiveState }, { endWatch }] = await Promise.all([
    import('./live.ts'),
    import('../../store/live.ts'),
  ])
  const points = await namedPoints(db, point)
  const watched = points.filter((name) => storedLiveState(db, { point: name }).watch?.active)
  if (watched.length === 0) throw new Failure('live-rests')
  for (const name of watched) {
    const { watch } = storedLiveState(db, { point: name })
    if (watch !== null) endWatch(db, watch.id)
  }
  return answerOf(
    db,
    watched.map((name) => storedLiveState(db, { point: name })),
  )
}

/** What the command watches at a point. */
interface Watched {
  point: string
  watch: string
  folder: string
  run: string
  job: string
}

async function watchAnswer(
  context: CommandContext,
  options: LiveOptions,
  folder: string | undefined,
): Promise<Answer> {
  const session = await context.session()
  const { db } = session.workspace
  const [{ liveState, startLive }, { deliverResults }, { keepIntake }] = await Promise.all([
    import('./live.ts'),
    import('../delivery/deliver-results.ts'),
    import('../intake/keep-intake.ts'),
  ])
  const isOne = options.point !== undefined || folder !== undefined
  const requests = isOne ? [await requestOf(session, options, folder)] : await requestsOfAll(session, options)
  const watched: Watched[] = []
  const isActive = (job: string): boolean => session.jobs.list({ active: true }).some(({ id }) => id === job)
  const end = (): void => {
    for (const { job } of watched) if (isActive(job)) session.jobs.stop(job, 'cancel')
  }
  for (const request of requests) {
    const { point, watch, job } = startLive(session, request)
    if (watch === null || job === null) throw new RangeError('the watch has not begun')
    watched.push({ point, watch: watch.id, folder: watch.folder, run: watch.runId, job })
  }
  const stopDelivering = deliverResults(session)
  const stopTakingIn = keepIntake(session)
  const stopTelling = tellParts(context, session, watched)
  let isInterrupted = false
  const stopListening = context.io.onInterrupt(() => {
    // Nobody listens to a second Ctrl-C, so it ends the process at once.
    stopListening()
    isInterrupted = true
    context.notice('Stopping; what was judged is written. Ctrl-C again ends at once.')
    end()
  })
  for (const { point, folder: at, run } of watched) {
    const begin = watched.length > 1 ? `${point}: watching` : 'Watching'
    context.notice(`${begin} ${at} with run ${run}. Ctrl-C ends it.`)
    await tellOtherModel(context, db, run)
  }
  const stopWaiting =
    options.untilQuiet === undefined ? () => undefined : whenQuiet(session, watched, options.untilQuiet, end)
  const unfinished = new Map<string, readonly string[]>()
  const stopNoting = session.events.on('job.changed', () => {
    for (const { point } of watched) unfinished.set(point, watchNotesOf(session, point).unfinished)
  })
  try {
    const ends = await Promise.all(watched.map(({ job }) => session.jobs.ended(job)))
    for (const ended of ends)
      if (ended.state === 'failed' && ended.failure !== null) throw failureOf(ended.failure)
    const states = watched.map(({ point }) => ({
      ...liveState(session, point),
      unfinished: [...(unfinished.get(point) ?? [])],
    }))
    const answer = await answerOf(db, states)
    return { ...answer, stopped: isInterrupted }
  } finally {
    await stopTakingIn()
    await stopDelivering()
    stopNoting()
    stopWaiting()
    stopListening()
    stopTelling()
  }
}

interface LiveRequest {
  point: string
  folder: string
  run: string
  results: string | null
}

/** Every point at which something was watched before; only one may be given what differs from the last time. */
async function requestsOfAll(session: Session, options: LiveOptions): Promise<LiveRequest[]> {
  const { newestWatch } = await import('../../store/live.ts')
  const { db } = session.workspace
  const points = (await namedPoints(db, undefined)).filter((name) => newestWatch(db, name) !== undefined)
  if (points.length > 1 && (options.run !== undefined || options.results !== undefined))
    throw new WrongUse('There are several inspection points: give --point with --run and --results.')
  if (points.length === 0) return [await requestOf(session, options, undefined)]
  return Promise.all(points.map((point) => requestOf(session, { ...options, point }, undefined)))
}

/**
 * What is left out is as it was the last time. Where no run is named, the model in use judges: that of the dataset
 * whose model judged the last time, or the only one.
 */
async function requestOf(
  session: Session,
  options: LiveOptions,
  given: string | undefined,
): Promise<LiveRequest> {
  const [{ newestWatch }, { modelInUse, modelsInUse }, { runById }] = await Promise.all([
    import('../../store/live.ts'),
    import('../../store/model-uses.ts'),
    import('../../store/runs.ts'),
  ])
  const { db } = session.workspace
  const point = options.point ?? firstPoint
  const last = newestWatch(db, point)
  const folder = given ?? last?.folder
  if (folder === undefined) throw new WrongUse('Give the folder that the camera writes to.')
  const isLast = given === undefined
  const inUse = modelsInUse(db)
  const before = isLast ? last?.runId : undefined
  const ofLast =
    before === undefined ? undefined : modelInUse(db, runById(db, before)?.datasetId ?? '')?.runId
  const run = options.run ?? ofLast ?? before ?? (inUse.length === 1 ? inUse[0]?.runId : undefined)
  if (run === undefined) throw new WrongUse('Give --run: the trained run that is to judge.')
  return { point, folder, run, results: options.results ?? (isLast ? (last?.resultFolder ?? null) : null) }
}

/** Warns where another model judges than the one in use for its dataset. */
async function tellOtherModel(context: CommandContext, db: Database, judging: string): Promise<void> {
  const [{ modelInUse }, { findRun }, { runFacts }] = await Promise.all([
    import('../../store/model-uses.ts'),
    import('../../store/runs.ts'),
    import('../runs/run-name.ts'),
  ])
  const use = modelInUse(db, findRun(db, judging).datasetId)
  if (use === null || use.runId === judging) return
  context.notice(
    `This is not the model in use, which is run ${use.runId} (${runFacts(db, use.runId).runName}).`,
  )
}

/** Prints each verdict, and what the operator must know, as it comes. @returns what ends that */
function tellParts(context: CommandContext, session: Session, watched: readonly Watched[]): () => void {
  const isOne = watched.length === 1
  const pointOf = new Map(watched.map(({ watch, point }) => [watch, point]))
  const stops = [
    session.events.on('live.judged', (part) => {
      if (!context.json) context.io.write(partLine(part, isOne ? null : (pointOf.get(part.watch) ?? '')))
    }),
    ...watched.map(({ point }) => tellNotes(context, session, point, isOne ? '' : `${point}: `)),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** @param at which point it is about, where there are several */
function tellNotes(context: CommandContext, session: Session, point: string, at: string): () => void {
  let before: WatchNotes = nothingToNote
  return session.events.on('job.changed', () => {
    const now = watchNotesOf(session, point)
    for (const file of now.unfinished) {
      if (!before.unfinished.includes(file))
        context.notice(
          `${at}${file} is unfinished and nothing more comes of it. It is judged once it is whole, or refused if it stays as it is.`,
        )
    }
    if (now.problem !== before.problem) {
      context.notice(
        now.problem === null
          ? `${at}The folder can be read again.`
          : `${at}The folder cannot be read: ${now.problem}. Watching goes on as soon as it can be.`,
      )
    }
    tellFailure(context, `${at}Nothing can be stored now; parts wait for it`, before.storage, now.storage)
    tellFailure(context, `${at}Results cannot be written now`, before.results, now.results)
    if (now.grabber !== null)
      tellFailure(
        context,
        `${at}No photographs come now`,
        before.grabber?.failure ?? null,
        now.grabber.failure,
        'They come again.',
      )
    if (now.skipped > before.skipped)
      context.notice(
        `${at}${now.skipped} parts were not judged so far, because too many wait. Machines were told that they are rejects.`,
      )
    before = now
  })
}

function tellFailure(
  context: CommandContext,
  what: string,
  before: FailureInfo | null,
  now: FailureInfo | null,
  again = 'It can again.',
): void {
  if (before?.code === now?.code) return
  const words = now === null ? again : `${failureOf(now).message} ${failureOf(now).remedy}`
  context.notice(`${what}: ${words}`)
}

function partLine({ file, verdict, score, threshold, reason }: LivePart, point: string | null): string {
  const why =
    reason !== null
      ? english.text('failure', reason, 'title')
      : score === null || threshold === null
        ? ''
        : `${score.toPrecision(4)} (threshold ${threshold.toPrecision(4)})`
  const at = point === null ? '' : `${point}: `
  return `${(verdict ?? '').padEnd(8)} ${at}${printableLine(file)}  ${why}\n`
}

/** Calls once no part has come for so many seconds and none waits. @returns what ends the waiting */
function whenQuiet(
  session: Session,
  watched: readonly Watched[],
  seconds: number,
  act: () => void,
): () => void {
  let arrived = -1
  let since = performance.now()
  const stop = async (): Promise<void> => {
    const { countParts } = await import('../../store/live.ts')
    const counts = watched.map(({ watch }) => countParts(session.workspace.db, watch))
    const all = counts.reduce((sum, count) => sum + count.arrived, 0)
    if (all !== arrived || counts.some(({ waiting }) => waiting > 0)) since = performance.now()
    arrived = all
    if (performance.now() - since < seconds * 1000) return
    clearInterval(timer)
    act()
  }
  const timer = setInterval(() => void stop(), lookEvery)
  return () => clearInterval(timer)
}

/** One point as it is; of several, a list. */
async function answerOf(db: Database, states: readonly LiveState[]): Promise<Answer> {
  const answers = await Promise.all(states.map((state) => answerOfPoint(db, state)))
  const [only] = answers
  if (answers.length === 1 && only !== undefined) return only
  return {
    document: { points: answers.map(({ document }) => document) },
    text: answers.map(({ text }) => text).join('\n'),
  }
}

async function answerOfPoint(db: Database, state: LiveState): Promise<Answer> {
  const { point, watch, job, arrived, good, flagged, refused, waiting, unfinished, parts } = state
  const { runFacts } = await import('../runs/run-name.ts')
  const run = watch === null ? null : runFacts(db, watch.runId)
  const document = {
    point,
    folder: watch?.folder ?? null,
    results: watch?.resultFolder ?? null,
    run: run?.run ?? null,
    runName: run?.runName ?? null,
    learnedFrom: run?.learnedFrom ?? null,
    watching: watch?.active ?? false,
    arrived,
    good,
    flagged,
    refused,
    waiting,
    skipped: state.skipped,
    unseen: state.unseen.count,
    perSecond: state.perSecond,
    delay: state.delay,
    unfinished,
    parts: parts.map(({ file, verdict, score, threshold, reason, arrivedAt, judgedAt, run: by, image }) => ({
      file,
      verdict,
      score,
      threshold,
      reason: reason === null ? null : english.text('failure', reason, 'title'),
      arrived: new Date(arrivedAt).toISOString(),
      judged: judgedAt === null ? null : new Date(judgedAt).toISOString(),
      run: by,
      image,
    })),
  }
  if (watch === null) return { document, text: `No folder was watched at ${point} yet.\n` }
  return {
    document,
    text: textTable([
      ['point', point],
      ['folder', watch.folder],
      ['results', watch.resultFolder],
      ['run', `${watch.runId} (${run?.runName ?? ''})`],
      ['watching', watch.active || job !== null ? 'yes' : 'no'],
      ['arrived', String(arrived)],
      ['good', String(good)],
      ['flagged', String(flagged)],
      ['refused', String(refused)],
      ['waiting', String(waiting)],
      ['unseen', String(state.unseen.count)],
      ...unfinished.map((file) => ['unfinished', file]),
    ]),
  }
}
