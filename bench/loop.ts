/**
 * The loop that ends in a better model, gone by a person through the window in a real Chromium, from a folder of
 * photographs to the way back, with no step outside the application:
 *
 *     node bench/loop.ts --dataset ../shared/data/magnetic-tile [--preset quick] [--seed 1] [--start beginning]
 *                        [--set ganSteps=500 …] [--train 120] [--parts 200] [--recall 95] [--json]
 *                        [--keep DIR] [--pictures DIR]
 *
 * The dataset is a folder in MVTec layout. Its photographs are dealt out by the seed as a line would have them: a
 * shift of `--parts` photographs without any label, three of ten of them defective in their proportions, in a folder
 * as a camera fills it; and all others, whose labels are known, as the folder to begin with. Of these `--train` good
 * parts train, 70 % of the good and 80 % of each kind of defect become the validation set, which is then frozen, and
 * the rest is left for a test that nothing here looks at.
 *
 * What a person does: imports, shares out, freezes, trains, sets a threshold for the recall, takes the model into
 * use, lets the shift be judged live, decides every part of it by keyboard as somebody who knows the truth, curates
 * (a marked part is taken after a second look), retrains on the version that comes of it, compares both on the frozen
 * validation set, sets the threshold of the second for the same recall, takes it into use, and goes back in one click.
 *
 * `falseRejects` is the share of good validation parts that each run flags where its threshold finds `--recall`
 * percent of the defects; `difference` is after minus before on the same parts with its paired 95 % interval
 * (stratified bootstrap, both thresholds set anew in each draw). `--start warm` goes on from the weights of the first
 * run, which then has trained longer; with `beginning` the two differ in their images alone. `--set` changes
 * parameters of the preset, on the screen that trains. `--keep` names a workspace that stays, `--pictures` a folder
 * for a picture of the window after each step.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, extname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { z } from 'zod'
import { launchChromium } from '../scripts/window/chromium.mjs'
import { serveWindow } from '../scripts/window/served.mjs'
import { settled } from '../scripts/window/settled.mjs'
import { createRandom, type Random } from '../src/main/platform/random.ts'
import { type Comparison, comparisonSchema } from '../src/shared/comparison.ts'
import { datasetSummarySchema } from '../src/shared/dataset.ts'
import { modelUseSchema } from '../src/shared/model.ts'
import * as steps from './loop-steps.ts'

const presets = z.enum(['smoke', 'quick', 'full'])
const starts = z.enum(['warm', 'beginning'])

const { values } = parseArgs({
  options: {
    dataset: { type: 'string' },
    preset: { type: 'string', default: 'smoke' },
    seed: { type: 'string', default: '1' },
    start: { type: 'string', default: 'beginning' },
    set: { type: 'string', multiple: true, default: [] },
    train: { type: 'string', default: '120' },
    parts: { type: 'string', default: '200' },
    recall: { type: 'string', default: '95' },
    json: { type: 'boolean', default: false },
    keep: { type: 'string' },
    pictures: { type: 'string' },
  },
})

/** Of the good parts with a label, and of each kind of defect, in percent. */
const validationShare = { good: 70, defective: 80 }
const defectiveOfShift = 0.3
/** A quick training on a busy machine; a night for the full one. */
const patience = { training: 12 * 3600_000, scoring: 3600_000 }
const operator = 'Mei Lin'

const say = (text: string): void => void process.stderr.write(`${text}\n`)

interface Photograph {
  path: string
  /** Null for a good part. */
  defect: string | null
}

function photographsOf(dataset: string): Photograph[] {
  const of = (folder: string, defect: string | null): Photograph[] =>
    readdirSync(join(dataset, folder)).map((name) => ({ path: join(dataset, folder, name), defect }))
  const kinds = readdirSync(join(dataset, 'test')).filter((kind) => kind !== 'good')
  return [
    ...of('train/good', null),
    ...of('test/good', null),
    ...kinds.flatMap((kind) => of(`test/${kind}`, kind)),
  ]
}

interface Line {
  /** The folder to begin with, in MVTec layout. */
  known: string
  /** What a camera wrote in one shift. */
  shift: string
  isGood(file: string): boolean
  /** Good parts whose label is known from the beginning. */
  good: number
}

/** Deals the photographs out into the two folders. */
function layOut(dataset: string, folder: string, parts: number, random: Random): Line {
  const all = photographsOf(dataset)
  const good = random.shuffle(all.filter(({ defect }) => defect === null))
  const defective = random.shuffle(all.filter(({ defect }) => defect !== null))
  const defectsInShift = Math.round(parts * defectiveOfShift)
  const goodInShift = parts - defectsInShift
  const known = join(folder, 'line')
  const shift = join(folder, 'shift')
  for (const { path, defect } of [...good.slice(goodInShift), ...defective.slice(defectsInShift)]) {
    const to = join(known, defect === null ? 'train/good' : `test/${defect}`)
    mkdirSync(to, { recursive: true })
    copyFileSync(path, join(to, basename(path)))
  }
  mkdirSync(shift)
  const arriving = random.shuffle([...good.slice(0, goodInShift), ...defective.slice(0, defectsInShift)])
  const goodFiles = new Set<string>()
  for (const [i, { path, defect }] of arriving.entries()) {
    // As a camera counts: the name says nothing about the part.
    const name = `part ${String(i + 1).padStart(4, '0')}${extname(path)}`
    copyFileSync(path, join(shift, name))
    if (defect === null) goodFiles.add(name)
  }
  return { known, shift, isGood: (file) => goodFiles.has(file), good: good.length - goodInShift }
}

/** What the application itself says, asked by its own page: with more digits than a screen shows. */
const ask = async (page: Page, name: string, input: unknown): Promise<unknown> =>
  page.evaluate(`window.fanoscope.call(${JSON.stringify(name)}, ${JSON.stringify(input)})`)

async function main(): Promise<void> {
  if (values.dataset === undefined || !existsSync(join(values.dataset, 'train/good'))) {
    throw new Error('Give --dataset: a folder in MVTec layout, with train/good and test/<kind>.')
  }
  const preset = presets.parse(values.preset)
  const start = starts.parse(values.start)
  const set = Object.fromEntries(
    values.set.map((pair) => z.tuple([z.string(), z.string()]).parse(pair.split('='))),
  )
  const [seed, train, parts, recall] = [values.seed, values.train, values.parts, values.recall].map(Number)
  const folder = mkdtempSync(join(tmpdir(), 'fanoscope-loop-'))
  const line = layOut(
    resolve(values.dataset),
    folder,
    parts ?? 0,
    createRandom(seed ?? 1, 'loop: photographs'),
  )
  const workspace = values.keep ?? join(folder, 'workspace')
  const env = { ...process.env, FANOSCOPE_STATE: join(folder, 'state.json'), FANOSCOPE_WORKSPACE: '' }
  const browser = await launchChromium()
  const served = await serveWindow(env, ['--workspace', workspace])
  const seconds: Record<string, number> = {}
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-US' })
    page.setDefaultTimeout(120_000)
    page.on('pageerror', (error) => say(`The page: ${error.message}`))
    let pictures = 0
    const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      say(name)
      const began = performance.now()
      try {
        return await work()
      } finally {
        seconds[name] = Math.round((performance.now() - began) / 100) / 10
        if (values.pictures !== undefined) {
          pictures += 1
          await settled(page)
          await page.screenshot({
            path: join(values.pictures, `${String(pictures).padStart(2, '0')} ${name}.png`),
            animations: 'disabled',
          })
        }
      }
    }
    await page.goto(served.url)
    await step('sign in', () => steps.signIn(page, operator))
    await step('import', () => steps.importPhotographs(page, line.known, 'tiles', patience))
    const test = 100 - validationShare.good - (100 * (train ?? 0)) / line.good
    await step('share out', () =>
      steps.shareOut(page, { validation: validationShare.good, test, defects: validationShare.defective }),
    )
    const [dataset] = z.array(datasetSummarySchema).parse(await ask(page, 'dataset.list', {}))
    const before = await step('train', () => steps.train(page, { preset, seed: seed ?? 1, set }, patience))
    await step('score the validation parts', () => steps.scoreValidation(page, before, patience))
    await step('find the threshold', () => steps.findThreshold(page, recall ?? 95))
    await step('set the threshold', () => steps.saveThreshold(page, 'Line', 'First model of the line'))
    await step('open the gate for the first model', () => steps.openGate(page, before, patience))
    await step('promote the first model', () => steps.promote(page, 'First model of the line'))
    await step('watch the shift', () => steps.watchFolder(page, line.shift, parts ?? 0, patience))
    const decided = await step('review', () => steps.review(page, before, parts ?? 0, line.isGood))
    const curated = await step('curate', () =>
      steps.curate(page, before, line.isGood, 'Accepted in the first shift'),
    )
    const after = await step('retrain', () => steps.retrain(page, before, start, patience))
    const table = await step('compare', () => steps.compare(page, after, patience))
    await step('show the second threshold', () => steps.showThreshold(page, after, patience))
    await step('find the second threshold', () => steps.findThreshold(page, recall ?? 95))
    await step('set the second threshold', () => steps.saveThreshold(page, 'Line', 'Same recall as before'))
    const verdict = await step('open the gate', () => steps.openGate(page, after, patience))
    await step('promote', () => steps.promote(page, 'Learned from the first shift'))
    await step('roll back', () => steps.rollBack(page, after, 'the loop goes back'))
    const comparison = comparisonSchema.parse(
      await ask(page, 'run.compare', { a: before, b: after, recall: (recall ?? 95) / 100 }),
    )
    const history = z
      .array(modelUseSchema)
      .parse(await ask(page, 'model.history', { dataset: dataset?.id ?? '' }))
    const figures = {
      dataset: values.dataset,
      preset,
      seed,
      start,
      set,
      training: dataset?.splits.train,
      validation: comparison.validation,
      reviewed: decided,
      curated,
      recall: comparison.targets.recall,
      falseRejects: comparison.delta.falseRejectRate,
      imageAuroc: comparison.delta.imageAuroc,
      recallAtFalseRejects: { at: comparison.targets.falseRejectRate, of: comparison.delta.recall },
      flips: flipsOf(comparison),
      table: Object.fromEntries(table),
      gate: verdict,
      history: history.map(({ action, runId }) => ({ action, run: runId })),
      inUseAgain: history[0]?.action === 'rollback' && history[0].runId === before,
      seconds,
      chromium: browser.version(),
    }
    process.stdout.write(values.json ? `${JSON.stringify(figures, null, 2)}\n` : report(comparison, figures))
  } finally {
    await browser.close()
    await served.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

const flipsOf = ({ flips }: Comparison) => ({
  right: flips.filter(({ better }) => better).length,
  wrong: flips.filter(({ better }) => !better).length,
})

function report(
  { delta, validation, targets }: Comparison,
  told: {
    curated: { version: string }
    flips: { right: number; wrong: number }
    gate: string
    inUseAgain: boolean
  },
): string {
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`
  const figure = (
    name: string,
    of: Comparison['delta']['recall'],
    write: (value: number) => string,
  ): string =>
    of === null
      ? `${name}: cannot be told`
      : `${name}: ${write(of.a)} before, ${write(of.b)} after; difference ${write(of.value)} (95 %: ${write(of.low)} to ${write(of.high)})`
  return [
    told.curated.version,
    `On ${validation.normal} good and ${validation.anomalous} defective frozen validation parts:`,
    figure(`False rejects at ${percent(targets.recall)} recall`, delta.falseRejectRate, percent),
    figure('Image AUROC', delta.imageAuroc, (value) => value.toFixed(4)),
    figure(`Recall at ${percent(targets.falseRejectRate)} false rejects`, delta.recall, percent),
    `Verdicts that changed: ${told.flips.right} are right now, ${told.flips.wrong} are wrong now`,
    `The gate: ${told.gate}`,
    told.inUseAgain
      ? 'Rolled back: the first model is in use again.'
      : 'The first model is not in use again.',
    '',
  ].join('\n')
}

await main()
