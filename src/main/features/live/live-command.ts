/** `live`: watches a folder and judges each photograph that comes into it, as the live screen does. */

import { z } from 'zod'
import { Failure, failureOf } from '../../../shared/failure.ts'
import type { FailureInfo } from '../../../shared/failure-schema.ts'
import type { LivePart, LiveState } from '../../../shared/live.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import type { Answer } from '../../command-line/answer.ts'
import type { AddCommand, CommandContext } from '../../command-line/command.ts'
import { wholeNumber } from '../../command-line/option-values.ts'
import { printableLine } from '../../command-line/printable.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import type { Session } from '../../session/session.ts'
import type { Database } from '../../store/database.ts'
import type { WatchNotes } from './watch-notes.ts'

const english = wordsIn('en')

const optionsSchema = z.object({
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
      ['[folder]', 'the folder that the camera writes to (default: the one that was watched last)'],
    ],
    summary: 'watch a folder and judge each photograph that comes into it, until Ctrl-C',
    examples: [
      ['live /mnt/camera --run 0mc3', 'each verdict as it comes, and in results.csv beside the folder'],
      ['live', 'goes on with the folder of the last time, by the model in use'],
      ['live /mnt/camera --until-quiet 60', 'by the model in use; ends after a minute without a new part'],
      ['live --state', 'how it goes, also while a window watches'],
    ],
    declare: (command) =>
      command
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
        return options.stop ? stopAnswer(context) : stateAnswer(context)
      }
      return watchAnswer(context, options, folder)
    },
  })

async function stateAnswer(context: CommandContext): Promise<Answer> {
  const shared = await context.sessionOrSharedWorkspace()
  const { storedLiveState } = await import('./live.ts')
  return answerOf(shared.workspace.db, storedLiveState(shared.workspace.db))
}

async function stopAnswer(context: CommandContext): Promise<Answer> {
  const { workspace } = await context.sessionOrSharedWorkspace()
  const [{ storedLiveState }, { endWatch }] = await Promise.all([
    import('./live.ts'),
    import('../../store/live.ts'),
  ])
  const { watch } = storedLiveState(workspace.db)
  if (!watch?.active) throw new Failure('live-rests')
  endWatch(workspace.db, watch.id)
  return answerOf(workspace.db, storedLiveState(workspace.db))
}

async function watchAnswer(
  context: CommandContext,
  options: LiveOptions,
  folder: string | undefined,
): Promise<Answer> {
  const session = await context.session()
  const [{ liveState, startLive }, { watchNotesOf }, { deliverResults }] = await Promise.all([
    import('./live.ts'),
    import('./watch-notes.ts'),
    import('../delivery/deliver-results.ts'),
  ])
  const request = await requestOf(session, options, folder)
  const { watch, job } = startLive(session, request)
  if (watch === null || job === null) throw new RangeError('the watch has not begun')
  const stopDelivering = deliverResults(session)
  const stopTelling = tellParts(context, session, () => watchNotesOf(session))
  let isInterrupted = false
  const end = (): void => {
    if (session.jobs.list({ active: true }).some(({ id }) => id === job)) session.jobs.stop(job, 'cancel')
  }
  const stopListening = context.io.onInterrupt(() => {
    // Nobody listens to a second Ctrl-C, so it ends the process at once.
    stopListening()
    isInterrupted = true
    context.notice('Stopping; what was judged is written. Ctrl-C again ends at once.')
    end()
  })
  context.notice(`Watching ${watch.folder} with run ${watch.runId}. Ctrl-C ends it.`)
  await tellOtherModel(context, session.workspace.db, watch.runId)
  const stopWaiting =
    options.untilQuiet === undefined ? () => undefined : whenQuiet(session, watch.id, options.untilQuiet, end)
  let unfinished: readonly string[] = []
  const stopNoting = session.events.on('job.changed', () => {
    unfinished = watchNotesOf(session).unfinished
  })
  try {
    const ended = await session.jobs.ended(job)
    if (ended.state === 'failed' && ended.failure !== null) throw failureOf(ended.failure)
    const state = { ...liveState(session), unfinished: [...unfinished] }
    return { ...(await answerOf(session.workspace.db, state)), stopped: isInterrupted }
  } finally {
    await stopDelivering()
    stopNoting()
    stopWaiting()
    stopListening()
    stopTelling()
  }
}

/**
 * What is left out is as it was the last time. Where no run is named, the model in use judges: that of the dataset
 * whose model judged the last time, or the only one.
 */
async function requestOf(session: Session, options: LiveOptions, given: string | undefined) {
  const [{ newestWatch }, { modelInUse, modelsInUse }, { runById }] = await Promise.all([
    import('../../store/live.ts'),
    import('../../store/model-uses.ts'),
    import('../../store/runs.ts'),
  ])
  const { db } = session.workspace
  const last = newestWatch(db)
  const folder = given ?? last?.folder
  if (folder === undefined) throw new WrongUse('Give the folder that the camera writes to.')
  const isLast = given === undefined
  const inUse = modelsInUse(db)
  const before = isLast ? last?.runId : undefined
  const ofLast =
    before === undefined ? undefined : modelInUse(db, runById(db, before)?.datasetId ?? '')?.runId
  const run = options.run ?? ofLast ?? before ?? (inUse.length === 1 ? inUse[0]?.runId : undefined)
  if (run === undefined) throw new WrongUse('Give --run: the trained run that is to judge.')
  return { folder, run, results: options.results ?? (isLast ? (last?.resultFolder ?? null) : null) }
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
function tellParts(context: CommandContext, session: Session, notes: () => WatchNotes): () => void {
  let before: WatchNotes = {
    unfinished: [],
    problem: null,
    storage: null,
    results: null,
    grabber: null,
  }
  const stops = [
    session.events.on('live.judged', (part) => {
      if (!context.json) context.io.write(partLine(part))
    }),
    session.events.on('job.changed', () => {
      const now = notes()
      for (const file of now.unfinished) {
        if (!before.unfinished.includes(file))
          context.notice(
            `${file} is unfinished and nothing more comes of it. It is judged once it is whole, or refused if it stays as it is.`,
          )
      }
      if (now.problem !== before.problem) {
        context.notice(
          now.problem === null
            ? 'The folder can be read again.'
            : `The folder cannot be read: ${now.problem}. Watching goes on as soon as it can be.`,
        )
      }
      tellFailure(context, 'Nothing can be stored now; parts wait for it', before.storage, now.storage)
      tellFailure(context, 'Results cannot be written now', before.results, now.results)
      if (now.grabber !== null)
        tellFailure(
          context,
          'No photographs come now',
          before.grabber?.failure ?? null,
          now.grabber.failure,
          'They come again.',
        )
      before = now
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
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

function partLine({ file, verdict, score, threshold, reason }: LivePart): string {
  const why =
    reason !== null
      ? english.text('failure', reason, 'title')
      : score === null || threshold === null
        ? ''
        : `${score.toPrecision(4)} (threshold ${threshold.toPrecision(4)})`
  return `${(verdict ?? '').padEnd(8)} ${printableLine(file)}  ${why}\n`
}

/** Calls once no part has come for so many seconds and none waits. @returns what ends the waiting */
function whenQuiet(session: Session, watch: string, seconds: number, act: () => void): () => void {
  let arrived = -1
  let since = performance.now()
  const stop = async (): Promise<void> => {
    const { countParts } = await import('../../store/live.ts')
    const counts = countParts(session.workspace.db, watch)
    if (counts.arrived !== arrived || counts.waiting > 0) since = performance.now()
    arrived = counts.arrived
    if (performance.now() - since < seconds * 1000) return
    clearInterval(timer)
    act()
  }
  const timer = setInterval(() => void stop(), lookEvery)
  return () => clearInterval(timer)
}

async function answerOf(db: Database, state: LiveState): Promise<Answer> {
  const { watch, job, arrived, good, flagged, refused, waiting, unfinished, parts } = state
  const { runFacts } = await import('../runs/run-name.ts')
  const run = watch === null ? null : runFacts(db, watch.runId)
  const document = {
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
  if (watch === null) return { document, text: 'No folder was watched yet.\n' }
  return {
    document,
    text: textTable([
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
