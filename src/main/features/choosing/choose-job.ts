/**
 * The job that compares options of scoring. Each run scores the normal validation photographs unchanged and with
 * synthetic defects drawn on them, and the real defects of the validation split. Then the options are ranked. Only
 * the report is stored, and no test image is read.
 */

import type { ChoiceReport, ChoiceRequest } from '../../../shared/choice.ts'
import { Failure, type FailureData } from '../../../shared/failure.ts'
import type { Image } from '../../../shared/image.ts'
import { message } from '../../../shared/messages/message.ts'
import type { Run } from '../../../shared/run.ts'
import type { EngineImage, EngineTask, TaskMessage } from '../../engine/protocol.ts'
import { pausing } from '../../engine-host/supervisor.ts'
import { type JobContext, type JobEnd, type JobPlan, unfinishedBy } from '../../jobs/jobs.ts'
import { type MadeDefectType, madeDefectTypes } from '../../model/made-defect-types.ts'
import { paperFeatureShare } from '../../model/scores.ts'
import type { Session } from '../../session/session.ts'
import { findDataset } from '../../store/datasets.ts'
import { findRun, runFolder } from '../../store/runs.ts'
import { runTask } from '../../threads/run-task.ts'
import { requireTrained } from '../runs/require-trained.ts'
import { scoreOptionsOf } from '../runs/score-options.ts'
import { settingsInUse } from '../runs/score-settings.ts'
import {
  choosingImages,
  drawnByContent,
  engineImageWith,
  readTrainingList,
  requireFiles,
} from '../runs/training-images.ts'
import { compareOptionsTask } from './choice-tasks.ts'
import type { ChoiceItem, ScoredRun } from './compare-options.ts'
import { optionsOf } from './options.ts'

/** Number of pictures with synthetic defects where a person names none; enough for an interval of a few hundredths. */
const usualPictures = 400
const mostPerType = 8

/** With fewer photographs, resampling them says nothing. */
const fewestPhotographs = 5

/** The most real defects that are used. */
const mostReal = 500

const closed: FailureData = message('interrupted', { case: 'comparison' })

/** @throws Failure `run-unknown`, `not-trained`, `different-datasets` */
export function choosePlan(session: Session, request: ChoiceRequest): JobPlan {
  const runs = runsOf(session, request.runs)
  const [first] = runs
  if (!first) throw new RangeError('a comparison of no run')
  return {
    kind: 'choose',
    payload: { ...request, runs: runs.map(({ id }) => id) },
    runId: first.id,
    datasetId: first.datasetId,
    lane: 'engine',
    work: (context) => choose(session, runs, request, context),
    ...pausing(session.supervisor),
  }
}

function runsOf({ workspace: { db } }: Session, texts: readonly string[]): Run[] {
  const runs = [...new Map(texts.map((text) => findRun(db, text)).map((run) => [run.id, run])).values()]
  for (const run of runs) {
    requireTrained(run, 'score')
    if (run.datasetId === runs[0]?.datasetId) continue
    throw new Failure('different-datasets', { case: 'choose', other: runs[0]?.id ?? null, run: run.id })
  }
  return runs
}

/** One picture to score. */
interface Picture extends ChoiceItem {
  image: Image
  made: { type: MadeDefectType; count: number; donor: Image } | null
}

async function choose(
  session: Session,
  runs: readonly Run[],
  request: ChoiceRequest,
  context: JobContext,
): Promise<JobEnd> {
  const { workspace } = session
  const dataset = findDataset(workspace.db, runs[0]?.datasetId ?? '')
  const { normal, anomalous } = await choosingImages(workspace, dataset)
  if (normal.length < fewestPhotographs) {
    throw new Failure('choice-few-photographs', {
      dataset: dataset.name,
      count: normal.length,
      least: fewestPhotographs,
    })
  }
  const { seed } = request
  const ofNormal = { seed, purpose: 'choice photographs', most: request.photographs }
  const photographs = drawnByContent(normal, ofNormal)
  const real = drawnByContent(anomalous, { seed, purpose: 'choice defects', most: mostReal })
  const fitting = Math.floor(usualPictures / (photographs.length * madeDefectTypes.length))
  const perType = request.perType ?? Math.min(mostPerType, Math.max(1, fitting))
  const pictures = picturesOf(photographs, real, perType)
  await requireFiles(workspace, [...photographs, ...real])

  const scored: { run: Run; names: string[]; components: Map<number, Float32Array> }[] = []
  for (const run of runs) {
    const { white } = await readTrainingList(workspace, run)
    const task: EngineTask<'score'> = {
      kind: 'score',
      task: context.id,
      run: run.id,
      folder: workspace.path(runFolder(run.id)),
      images: pictures.map((picture, i) => engineImageOf(session, picture, { id: i + 1, seed, white })),
      maps: false,
    }
    const outcome = await scoreWith(session, task, { before: scored.length, of: runs.length }, context)
    if ('state' in outcome) return outcome
    scored.push({ run, ...outcome })
  }

  const whole = pictures.flatMap((_, i) => (scored.every((by) => by.components.has(i)) ? [i] : []))
  const items = whole.flatMap((i) => itemOf(pictures[i]))
  const { weight, options, gain, contributions } = await runTask(compareOptionsTask, {
    items,
    runs: scored.map((by) => scoredRun(session, by, whole)),
    seed,
  })
  const report: ChoiceReport = {
    dataset: dataset.id,
    runs: runs.map(({ id }) => id),
    seed,
    photographs: items.filter(({ kind }) => kind === 'normal').length,
    perType,
    made: items.filter(({ kind }) => kind === 'made').length,
    types: [...madeDefectTypes],
    real: { images: items.filter(({ kind }) => kind === 'real').length, weight },
    refused: pictures.length - whole.length,
    options,
    gain,
    contributions,
  }
  return { state: 'done', result: report }
}

function picturesOf(photographs: readonly Image[], real: readonly Image[], perType: number): Picture[] {
  const ofPhotograph = (image: Image, photograph: number): Picture[] => {
    // The next photograph of the list, which is in random order.
    const donor = photographs[(photograph + 1) % photographs.length] ?? image
    const made = madeDefectTypes.flatMap((type) =>
      Array.from({ length: perType }, (_, count): Picture => {
        return { kind: 'made', photograph, type, image, made: { type, count, donor } }
      }),
    )
    return [{ kind: 'normal', photograph, type: null, image, made: null }, ...made]
  }
  const ofReal = (image: Image, photograph: number): Picture => {
    return { kind: 'real', photograph, type: image.defectType, image, made: null }
  }
  return [...photographs.flatMap(ofPhotograph), ...real.map(ofReal)]
}

const itemOf = (picture: Picture | undefined): ChoiceItem[] =>
  picture === undefined ? [] : [{ kind: picture.kind, photograph: picture.photograph, type: picture.type }]

function engineImageOf(
  { workspace }: Session,
  { image, made }: Picture,
  sent: { id: number; seed: number; white: number },
): EngineImage {
  // The seed depends on the content of the photograph and not on its position, so it gets the same defects whatever
  // else is compared.
  const defect = made && { ...made, name: `${image.sha256} ${made.type} ${made.count}` }
  return engineImageWith(workspace, image, defect, sent)
}

type Scored = { names: string[]; components: Map<number, Float32Array> }

/** Scores the pictures with a run. @returns what it stored, by position in the list, or how the job ends */
async function scoreWith(
  { supervisor }: Session,
  task: EngineTask<'score'>,
  turn: { before: number; of: number },
  context: JobContext,
): Promise<Scored | JobEnd> {
  const scored: Scored = { names: [], components: new Map() }
  const count = task.images.length
  let paused = false
  let last: { done: number; secondsLeft: number | null } = { done: 0, secondsLeft: null }
  const show = (): void => {
    const { done, secondsLeft } = last
    const each = secondsLeft === null || done >= count ? null : secondsLeft / (count - done)
    const later = (turn.of - turn.before - 1) * count
    context.progress({
      phase: 'choose',
      done: turn.before * count + done,
      total: turn.of * count,
      secondsLeft: secondsLeft === null ? null : secondsLeft + (each ?? 0) * later,
      paused,
    })
  }
  show()
  const observe = (message: TaskMessage<'score'>): void => {
    switch (message.type) {
      case 'progress':
        last = { done: message.done, secondsLeft: message.secondsLeft }
        show()
        return
      case 'scored':
        for (const { image, components, componentNames } of message.rows) {
          scored.names = componentNames
          scored.components.set(image - 1, components)
        }
        return
      case 'paused':
      case 'continued':
        paused = message.type === 'paused'
        show()
    }
  }
  const { signal } = context
  const outcome = await supervisor.run(task, observe, signal)
  return outcome.kind === 'scored' ? scored : unfinishedBy(outcome, signal.reason, closed)
}

function scoredRun(
  { workspace: { db } }: Session,
  { run, names, components }: Scored & { run: Run },
  whole: readonly number[],
): ScoredRun {
  const own = scoreOptionsOf(run, null)
  const { latent, expectedCriticValue, featureShare = paperFeatureShare, parts } = own
  return {
    run: run.id,
    names,
    own: { latent, expectedCriticValue, featureShare, parts },
    settings: optionsOf(names, own, settingsInUse(db, run)),
    components: whole.map((i) => {
      const stored = components.get(i)
      if (stored === undefined) throw new RangeError(`Run ${run.id} has not scored picture ${i}.`)
      return stored
    }),
  }
}
