/** The tables of `bench/quality.ts`: what was measured over several seeds, as Markdown. */

import { z } from 'zod'

const figure = z.number().nullable()

const runSchema = z.object({
  dataset: z.string(),
  model: z.string(),
  preset: z.string(),
  seed: z.int(),
  run: z.string(),
  /** The score that the run was trained with. */
  ownScore: z.string(),
  steps: z.int(),
  trainingSeconds: z.number(),
  /** Milliseconds for one image, decoding and maps included. */
  millisecondsPerImage: z.number(),
  weightsSha256: z.string(),
  warnings: z.array(z.string()),
  /** Image AUROC and AUPRC by score. */
  scores: z.record(z.string(), z.object({ imageAuroc: figure, imageAuprc: figure })),
  pixelAuroc: figure,
  aupro: figure,
  /** Of the run's own score. */
  perDefectType: z.record(z.string(), z.object({ n: z.int(), imageAuroc: figure, pixelAuroc: figure })),
})

/** One trained and scored run. */
export type QualityRun = z.infer<typeof runSchema>

/** The runs of a `quality.json`. */
export const runsOf = (json: string): QualityRun[] =>
  z.object({ runs: z.array(runSchema) }).parse(JSON.parse(json)).runs

/** Mean, and in brackets the smallest and the largest where there are several. */
export function meanAndSpread(values: readonly (number | null)[], digits = 3): string {
  const there = values.filter((value) => value !== null)
  if (there.length === 0) return '–'
  const mean = there.reduce((sum, value) => sum + value, 0) / there.length
  if (there.length === 1) return mean.toFixed(digits)
  return `${mean.toFixed(digits)} (${Math.min(...there).toFixed(digits)}–${Math.max(...there).toFixed(digits)})`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Runs that differ in their seed alone, in the order of the first of each. */
function groups(runs: readonly QualityRun[]): QualityRun[][] {
  const byKey = new Map<string, QualityRun[]>()
  for (const run of runs) {
    const key = `${run.model}\n${run.preset}`
    byKey.set(key, [...(byKey.get(key) ?? []), run])
  }
  return [...byKey.values()]
}

function scoreTable(runs: readonly QualityRun[]): string {
  const rows = groups(runs).flatMap((group) => {
    const [first] = group
    if (!first) return []
    return Object.keys(first.scores).map((score) => [
      first.model,
      first.preset,
      score === first.ownScore ? `**${score}**` : score,
      meanAndSpread(group.map(({ scores }) => scores[score]?.imageAuroc ?? null)),
      meanAndSpread(group.map(({ scores }) => scores[score]?.imageAuprc ?? null)),
    ])
  })
  return table(['system', 'preset', 'score', 'image AUROC', 'image AUPRC'], rows)
}

function pixelTable(runs: readonly QualityRun[]): string | null {
  const types = [...new Set(runs.flatMap(({ perDefectType }) => Object.keys(perDefectType)))].sort()
  const mapped = groups(runs).filter((group) => group.some(({ pixelAuroc }) => pixelAuroc !== null))
  if (mapped.length === 0) return null
  const rows = mapped.map((group) => [
    group[0]?.model ?? '',
    group[0]?.preset ?? '',
    meanAndSpread(group.map(({ pixelAuroc }) => pixelAuroc)),
    meanAndSpread(group.map(({ aupro }) => aupro)),
    ...types.map((type) =>
      meanAndSpread(group.map(({ perDefectType }) => perDefectType[type]?.pixelAuroc ?? null)),
    ),
  ])
  return table(['system', 'preset', 'pixel AUROC', 'AUPRO', ...types], rows)
}

function defectTable(runs: readonly QualityRun[]): string | null {
  const types = [...new Set(runs.flatMap(({ perDefectType }) => Object.keys(perDefectType)))].sort()
  if (types.length < 2) return null
  const rows = groups(runs).map((group) => [
    group[0]?.model ?? '',
    group[0]?.preset ?? '',
    ...types.map((type) =>
      meanAndSpread(group.map(({ perDefectType }) => perDefectType[type]?.imageAuroc ?? null)),
    ),
  ])
  return table(['system', 'preset', ...types], rows)
}

function costTable(runs: readonly QualityRun[]): string {
  const rows = groups(runs).map((group) => [
    group[0]?.model ?? '',
    group[0]?.preset ?? '',
    group.map(({ seed }) => seed).join(', '),
    String(group[0]?.steps ?? 0),
    meanAndSpread(
      group.map(({ trainingSeconds }) => trainingSeconds / 60),
      1,
    ),
    meanAndSpread(
      group.map(({ millisecondsPerImage }) => millisecondsPerImage),
      0,
    ),
    String(group.reduce((sum, { warnings }) => sum + warnings.length, 0)),
  ])
  const head = ['system', 'preset', 'seeds', 'steps', 'training, minutes', 'an image, ms', 'restarts']
  return table(head, rows)
}

/** How much faster than AnoGAN f-AnoGAN scores, where both were measured. */
function speedLine(runs: readonly QualityRun[]): string | null {
  const mean = (model: string): number | null => {
    const times = runs.filter((run) => run.model === model).map((run) => run.millisecondsPerImage)
    return times.length === 0 ? null : times.reduce((sum, time) => sum + time, 0) / times.length
  }
  const [fast, slow] = [mean('fanogan'), mean('anogan')]
  if (fast === null || slow === null) return null
  return `An image takes fanogan ${fast.toFixed(0)} ms and anogan, with the search steps of its preset, ${slow.toFixed(0)} ms: ${(slow / fast).toFixed(0)} times as long.`
}

/** All tables, one section for each dataset. */
export function qualityTables(runs: readonly QualityRun[], machine: string): string {
  const datasets = [...new Set(runs.map(({ dataset }) => dataset))]
  const sections = datasets.map((dataset) => {
    const own = runs.filter((run) => run.dataset === dataset)
    const parts: [title: string, text: string | null][] = [
      ['Every score (the one in bold is the preset’s)', scoreTable(own)],
      ['Image AUROC by defect type', defectTable(own)],
      ['Pixels of the anomaly map', pixelTable(own)],
      ['Cost', costTable(own)],
    ]
    const speed = speedLine(own)
    return [
      `### ${dataset}`,
      ...parts.flatMap(([title, text]) => (text === null ? [] : [`${title}:`, text])),
      ...(speed === null ? [] : [speed]),
    ].join('\n\n')
  })
  const note = `Mean over seeds, in brackets the smallest and the largest. ${machine}`
  return [note, ...sections].join('\n\n')
}

/** Puts text between the two marks of a document. Throws where the marks are not there. */
export function betweenMarks(document: string, text: string): string {
  const [begin, end] = ['<!-- quality:begin -->', '<!-- quality:end -->']
  const [from, to] = [document.indexOf(begin), document.indexOf(end)]
  if (from < 0 || to < from) throw new RangeError(`the document has no ${begin} before ${end}`)
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`
}
