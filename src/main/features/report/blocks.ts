/**
 * A report in one language as headings, tables, drawings and pictures. HTML and PDF are both made from these blocks.
 */
import type { Gate } from '../../../shared/model.ts'
import { besideGraph } from '../../model/scores.ts'
import type { Workspace } from '../../store/workspace.ts'
import { curveChart, histogramChart, short } from './charts.ts'
import type { ReportContent, ReportPart, ReportShare } from './content.ts'
import { type PartPictures, partPictures } from './pictures.ts'
import { type ReportLanguage, type Say, sayIn } from './words.ts'

export interface GalleryItem extends PartPictures {
  caption: string
}

export type Block =
  | { kind: 'heading'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'facts'; rows: [string, string][] }
  /** Columns from `numbers` on hold numbers. */
  | { kind: 'table'; title: string | null; head: string[]; rows: string[][]; numbers: number }
  | { kind: 'charts'; charts: { svg: string; caption: string }[] }
  | { kind: 'gallery'; title: string; photograph: string; heat: string; items: GalleryItem[] }

export interface ReportDocument {
  language: ReportLanguage
  title: string
  subtitle: string
  page: (page: number, pages: number) => string
  blocks: Block[]
}

export async function reportDocument(
  workspace: Workspace,
  content: ReportContent,
  language: ReportLanguage,
): Promise<ReportDocument> {
  const say = sayIn(language)
  const time = (at: number): string =>
    `${new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(
      at,
    )} UTC`
  const gallery = async (title: string, parts: readonly ReportPart[]): Promise<Block> => ({
    kind: 'gallery',
    title,
    photograph: say('photograph'),
    heat: say('heat'),
    items: await Promise.all(
      parts.map(async (part) => ({
        ...(await partPictures(workspace, part, content.mapScale)),
        caption: `${part.file}${part.defectType === null ? '' : ` (${part.defectType})`} · ${short(part.score)}`,
      })),
    ),
  })
  return {
    language,
    title: `${say('title')}: ${content.dataset.name}`,
    subtitle: say('made', { version: content.version, time: time(content.writtenAt) }),
    page: (page, pages) => say('page', { page, pages }),
    blocks: [
      ...datasetBlocks(content, say, time),
      ...modelBlocks(content, say),
      ...figureBlocks(content, say, time),
      { kind: 'heading', text: say('gallery') },
      await gallery(say('galleryFalse'), content.worst.falseRejects),
      ...(content.worst.escapes.length > 0
        ? [await gallery(say('galleryEscapes'), content.worst.escapes)]
        : []),
      ...decisionBlocks(content, say, time),
      ...useBlocks(content, say, time),
      { kind: 'heading', text: say('checksums') },
      { kind: 'text', text: say('checksumsText') },
      {
        kind: 'facts',
        rows: content.checksums.map(({ name, sha256, count }): [string, string] => [
          `${say(checksumWords[name] ?? 'images')}${count === null ? '' : ` (${count})`}`,
          sha256,
        ]),
      },
    ],
  }
}

const checksumWords: Record<string, 'weights' | 'train' | 'validation' | 'test' | 'audit' | undefined> = {
  weights: 'weights',
  train: 'train',
  validation: 'validation',
  test: 'test',
  audit: 'audit',
}

type Time = (at: number) => string

function datasetBlocks({ dataset, versions }: ReportContent, say: Say, time: Time): Block[] {
  const { splits, labels } = dataset
  return [
    { kind: 'heading', text: say('dataset') },
    {
      kind: 'facts',
      rows: [
        [say('name'), dataset.name],
        [say('images'), String(dataset.images)],
        [say('train'), String(splits.train)],
        [say('validation'), String(splits.validation)],
        [say('test'), String(splits.test)],
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

/** The scale of features that the training chose, and what each had; null where it was given. */
function scaleText({ result }: ReportContent['run']): string | null {
  const choice = result?.featureScale
  if (!choice) return null
  const tried = choice.tried.map(({ scale, made }) => `${scale}: ${made.toFixed(3)}`)
  return tried.length === 0 ? String(choice.scale) : `${choice.scale} (${tried.join(', ')})`
}

function modelBlocks({ run, runName, trainedOn, score, version, notice }: ReportContent, say: Say): Block[] {
  const scale = scaleText(run)
  return [
    { kind: 'heading', text: say('model') },
    {
      kind: 'facts',
      rows: [
        [say('run'), `${runName} (${run.id})`],
        [say('system'), run.model],
        [say('preset'), run.preset],
        [say('seed'), String(run.seed)],
        [say('steps'), String(run.stepsDone)],
        [say('duration'), run.seconds.toFixed(0)],
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
        ['k', String(score.k)],
        [say('reduction'), score.reduction],
        ['Fanoscope', version],
        ['Node.js', process.versions.node],
      ],
    },
    {
      kind: 'table',
      title: say('parameters'),
      head: [say('name'), '', say('name'), ''],
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

const shareText = (share: ReportShare | null): string =>
  share === null || share.whole === 0
    ? '–'
    : `${((100 * share.part) / share.whole).toFixed(1)} % (${share.part}/${share.whole})`

const intervalText = (of: { low: number | null; high: number | null } | null, percent: boolean): string => {
  if (of === null || of.low === null || of.high === null) return '–'
  const text = (value: number): string => (percent ? `${(100 * value).toFixed(1)} %` : value.toFixed(4))
  return `${text(of.low)} – ${text(of.high)}`
}

function figureBlocks(content: ReportContent, say: Say, time: Time): Block[] {
  const { split, counts, auroc, auprc, point, confusion, rates, perDefectType, curves, scores } = content
  const rows: string[][] = [
    [say('normal'), String(counts.normal), ''],
    [say('anomalous'), String(counts.anomalous), ''],
    ...(counts.unscored > 0 ? [[say('unscored'), String(counts.unscored), '']] : []),
    [say('auroc'), auroc?.auroc.toFixed(4) ?? '–', intervalText(auroc, false)],
    [say('auprc'), auprc?.toFixed(4) ?? '–', ''],
  ]
  if (rates !== null) {
    rows.push([say('recall'), shareText(rates.recall), intervalText(rates.recall, true)])
    rows.push([
      say('falseRejects'),
      shareText(rates.falseRejectRate),
      intervalText(rates.falseRejectRate, true),
    ])
  }
  return [
    { kind: 'heading', text: say('threshold') },
    point === null
      ? { kind: 'text', text: say('noThreshold') }
      : {
          kind: 'facts',
          rows: [
            [say('pointName'), `${point.name}, ${say('versionNumber')} ${point.version}`],
            [say('threshold'), String(point.threshold)],
            [
              say('interval'),
              point.interval === null ? '–' : `${short(point.interval.low)} – ${short(point.interval.high)}`,
            ],
            ...(point.regions === null
              ? []
              : [
                  [
                    say('regions'),
                    say('regionsText', {
                      area: point.regions.leastArea,
                      strength: short(point.regions.leastStrength),
                    }),
                  ] satisfies [string, string],
                ]),
            [say('target'), point.target ?? say('byHand')],
            [
              say('validationSet'),
              `${point.validation.normal} + ${point.validation.anomalous} (${point.validation.hash.slice(0, 16)})`,
            ],
            [say('by'), point.operator],
            [say('when'), time(point.createdAt)],
            [say('reason'), point.reason],
          ],
        },
    { kind: 'heading', text: say('figures', { split: say(split).toLowerCase() }) },
    { kind: 'table', title: null, head: ['', '', say('interval')], rows, numbers: 1 },
    ...(confusion === null
      ? []
      : [
          {
            kind: 'table' as const,
            title: say('confusion'),
            head: ['', say('flagged'), say('passed')],
            rows: [
              [say('anomalous'), String(confusion.caught), String(confusion.escapes)],
              [say('normal'), String(confusion.falseRejects), String(confusion.passed)],
            ],
            numbers: 1,
          },
        ]),
    ...(perDefectType.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            title: say('perType'),
            head: [
              say('defectType'),
              say('count'),
              say('recall'),
              say('interval'),
              say('auroc'),
              say('interval'),
            ],
            rows: perDefectType.map((type) => [
              type.defectType,
              String(type.n),
              shareText(type.recall),
              intervalText(type.recall, true),
              type.auroc?.auroc.toFixed(4) ?? '–',
              intervalText(type.auroc, false),
            ]),
            numbers: 1,
          },
        ]),
    { kind: 'heading', text: say('curves') },
    {
      kind: 'charts',
      charts: [
        {
          svg: histogramChart(scores.normal, scores.anomalous, point?.threshold ?? null),
          caption: say('histogram'),
        },
        ...(curves.roc.length === 0
          ? []
          : [
              { svg: curveChart(curves.roc, curves.at?.roc ?? null), caption: say('roc') },
              {
                svg: curveChart(curves.precisionRecall, curves.at?.precisionRecall ?? null),
                caption: say('precisionRecall'),
              },
            ]),
      ],
    },
  ]
}

function decisionBlocks({ decisions, lastDecisions }: ReportContent, say: Say, time: Time): Block[] {
  if (decisions.length === 0) {
    return [
      { kind: 'heading', text: say('decisions') },
      { kind: 'text', text: say('none') },
    ]
  }
  const words: Record<string, string | undefined> = {
    accept: say('accept'),
    reject: say('reject'),
    unsure: say('unsure'),
  }
  return [
    { kind: 'heading', text: say('decisions') },
    {
      kind: 'table',
      title: null,
      head: [say('operator'), say('accept'), say('reject'), say('unsure'), say('undone')],
      rows: decisions.map(({ operator, accept, reject, unsure, undone }) => [
        operator,
        ...[accept, reject, unsure, undone].map(String),
      ]),
      numbers: 1,
    },
    {
      kind: 'table',
      title: say('newest'),
      head: [say('when'), say('operator'), say('decision'), say('file'), say('note')],
      rows: lastDecisions.map(({ decidedAt, operator, decision, file, note }) => [
        time(decidedAt),
        operator,
        words[decision] ?? decision,
        file,
        note ?? '',
      ]),
      numbers: 9,
    },
  ]
}

/** The reasons of a promotion that its verdict alone does not tell. */
function gateReasons({ checks, margin }: Gate, say: Say): string[] {
  const worse = checks
    .filter(({ judged, passed }) => judged && !passed)
    .map(({ figure, defectType, difference, low, high }) => {
      const name = say(figure.endsWith('recall') ? 'recallShort' : 'aurocShort')
      const interval = `[${low.toFixed(3)}, ${high.toFixed(3)}]`
      return `${defectType === null ? '' : `${defectType}: `}${name} ${difference.toFixed(3)} ${interval}`
    })
  const small = new Map(
    checks.filter(({ judged }) => !judged).map((check) => [check.defectType, check.parts]),
  )
  const types = [...small].map(([type, parts]) => `${type} (${parts})`)
  return [
    ...(worse.length === 0 ? [] : [say('worseFigures', { margin, figures: worse.join(', ') })]),
    ...(types.length === 0 ? [] : [say('tooFewOf', { types: types.join(', ') })]),
  ]
}

function useBlocks({ uses }: ReportContent, say: Say, time: Time): Block[] {
  const verdicts = {
    first: say('first'),
    passed: say('passedGate'),
    worse: say('worse'),
    undecidable: say('undecidable'),
  }
  return [
    { kind: 'heading', text: say('uses') },
    uses.length === 0
      ? { kind: 'text', text: say('none') }
      : {
          kind: 'table',
          title: null,
          head: [say('when'), say('action'), say('run'), say('by'), say('verdict'), say('reason')],
          rows: uses.map(({ since, action, runId, operator, gate, reason }) => [
            time(since),
            say(action),
            runId,
            operator ?? '–',
            gate === null ? '–' : [verdicts[gate.verdict], ...gateReasons(gate, say)].join('; '),
            reason ?? '–',
          ]),
          numbers: 9,
        },
  ]
}
