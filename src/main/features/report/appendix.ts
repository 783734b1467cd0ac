/** What a first reader does not need: the dataset in numbers, the threshold to its last digit, parameters, checksums. */
import { durationText } from '../../../shared/duration.ts'
import { besideGraph } from '../../model/scores.ts'
import { parseTarget } from '../thresholds/target.ts'
import type { Block } from './block.ts'
import type { ReportContent } from './content.ts'
import { regionsText, targetWords } from './first-page.ts'
import type { Telling } from './telling.ts'

export const appendixBlocks = (content: ReportContent, telling: Telling): Block[] => [
  { kind: 'heading', text: telling.say('appendixDataset') },
  ...datasetBlocks(content, telling),
  { kind: 'heading', text: telling.say('appendixThreshold') },
  thresholdBlock(content, telling),
  { kind: 'heading', text: telling.say('appendixModel') },
  ...modelBlocks(content, telling),
  { kind: 'heading', text: telling.say('checksums') },
  ...checksumBlocks(content, telling),
]

function datasetBlocks({ dataset, versions }: ReportContent, { say, time }: Telling): Block[] {
  const { splits, labels } = dataset
  return [
    {
      kind: 'facts',
      rows: [
        [say('images'), String(dataset.images)],
        [say('train'), String(splits.train)],
        [say('validation'), String(splits.validation)],
        [say('test'), String(splits.test)],
        ...(splits.live > 0 ? [[say('live'), String(splits.live)] satisfies [string, string]] : []),
        [say('normal'), String(labels.normal)],
        [say('anomalous'), String(labels.anomalous)],
        [say('unlabeled'), String(labels.unlabeled)],
      ],
    },
    ...(versions.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            title: say('versions'),
            head: [say('versionNumber'), say('images'), say('when'), say('by'), say('reason'), 'SHA-256'],
            rows: versions.map(({ number, images, createdAt, operator, reason, sha256 }) => [
              String(number),
              String(images),
              time(createdAt),
              operator ?? '–',
              reason,
              sha256.slice(0, 16),
            ]),
            numbers: 9,
          },
        ]),
  ]
}

function thresholdBlock({ point }: ReportContent, telling: Telling): Block {
  const { say, time, scoreInterval } = telling
  if (point === null) return { kind: 'text', text: say('noThreshold') }
  const { target, validation } = point
  return {
    kind: 'facts',
    rows: [
      [say('pointName'), `${point.name}, ${say('versionNumber')} ${point.version}`],
      [say('exactThreshold'), String(point.threshold)],
      [say('interval'), scoreInterval(point.interval)],
      ...(point.regions === null
        ? []
        : [[say('regions'), regionsText(point.regions, telling)] satisfies [string, string]]),
      [
        say('target'),
        target === null ? say('byHand') : `${targetWords(parseTarget(target), telling)} (${target})`,
      ],
      [
        say('validationSet'),
        say('validationText', {
          normal: validation.normal,
          anomalous: validation.anomalous,
          hash: validation.hash.slice(0, 16),
        }),
      ],
      [say('by'), point.operator],
      [say('when'), time(point.createdAt)],
      [say('reason'), point.reason],
    ],
  }
}

/** The scale of features that the training chose, and what each had; null where it was given. */
function scaleText({ result }: ReportContent['run']): string | null {
  const choice = result?.featureScale
  if (!choice) return null
  const tried = choice.tried.map(({ scale, made }) => `${scale}: ${made.toFixed(3)}`)
  return tried.length === 0 ? String(choice.scale) : `${choice.scale} (${tried.join(', ')})`
}

function modelBlocks(
  { run, runName, trainedOn, score, version, notice }: ReportContent,
  { say, language }: Telling,
): Block[] {
  const scale = scaleText(run)
  return [
    {
      kind: 'facts',
      rows: [
        [say('run'), `${runName} (${run.id})`],
        [say('system'), run.model],
        [say('preset'), run.preset],
        [say('seed'), String(run.seed)],
        [say('steps'), String(run.stepsDone)],
        [say('duration'), durationText(run.seconds, language)],
        ...(run.parentRunId === null ? [] : [[say('parent'), run.parentRunId] satisfies [string, string]]),
        ...(trainedOn === null
          ? []
          : [[say('trainedOn'), `${trainedOn.number} (${trainedOn.images})`] satisfies [string, string]]),
        ...(notice === null ? [] : [[say('backbone'), notice] satisfies [string, string]]),
        ...(scale === null ? [] : [[say('featureScale'), scale] satisfies [string, string]]),
        [say('score'), score.kind],
        [say('formula'), score.formula],
        ...(besideGraph.includes(score.kind)
          ? [[say('besideGraph'), say('besideGraphText')] satisfies [string, string]]
          : []),
        [say('featureWeight'), String(score.k)],
        [say('reduction'), score.reduction],
        ['Fanoscope', version],
        ['Node.js', process.versions.node],
      ],
    },
    {
      kind: 'table',
      title: say('parameters'),
      head: [say('parameter'), say('value'), say('parameter'), say('value')],
      rows: inPairs(Object.entries(run.config).map(([name, value]) => [name, valueText(value)])),
      numbers: 9,
    },
  ]
}

const valueText = (value: unknown): string =>
  value === null ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value)

function inPairs(rows: string[][]): string[][] {
  const half = Math.ceil(rows.length / 2)
  return Array.from({ length: half }, (_, i) => [...(rows[i] ?? []), ...(rows[half + i] ?? ['', ''])])
}

const checksumWords: Record<string, 'weights' | 'train' | 'validation' | 'test' | 'audit' | undefined> = {
  weights: 'weights',
  train: 'train',
  validation: 'validation',
  test: 'test',
  audit: 'audit',
}

const checksumBlocks = ({ checksums }: ReportContent, { say }: Telling): Block[] => [
  { kind: 'text', text: say('checksumsText') },
  {
    kind: 'facts',
    rows: checksums.map(({ name, sha256, count }): [string, string] => [
      `${say(checksumWords[name] ?? 'images')}${count === null ? '' : ` (${count})`}`,
      sha256,
    ]),
  },
]
