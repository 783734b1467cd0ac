import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { keptGraphs } from '../../../../src/main/engine/graph/kept-graphs.ts'
import { Cancelled, TaskControl } from '../../../../src/main/engine/task-control.ts'
import { readModel, writeModel } from '../../../../src/main/model/model-file.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { score, train, trainingOf, writeParts } from '../parts.ts'
import { describeCompiled } from './native.ts'

/** A trained run that has not scored yet, and photographs. */
async function trainedRun() {
  const images = await writeParts(temporaryFolder(), 12)
  const folder = join(temporaryFolder(), 'run')
  const task = trainingOf({ folder, train: images.slice(0, 6), validation: images.slice(6, 9) })
  await train(task)
  return { folder, images, task }
}

const graphsIn = (folder: string): string[] => readdirSync(join(folder, 'compiled')).sort()

/** Scores all photographs; the rows, and what was said of graphs. */
async function scored({ folder, images }: Awaited<ReturnType<typeof trainedRun>>) {
  const said: string[] = []
  const { rows } = await score(folder, images, { log: (level, message) => said.push(`${level}: ${message}`) })
  return { rows, said }
}

describeCompiled('the graph of a scoring', () => {
  it('is kept with the run, and found again: the same rows, bit for bit', async () => {
    const run = await trainedRun()
    const first = await scored(run)
    const kept = graphsIn(run.folder)
    expect(kept).toEqual([expect.stringMatching(/^score-[0-9a-f]{32}\.graph$/)])
    const again = await scored(run)
    expect(again.rows).toEqual(first.rows)
    expect(first.said).toEqual([`debug: No graph ${kept[0]} is kept: it is compiled.`])
    expect(again.said).toEqual([`debug: The graph ${kept[0]} was compiled before.`])
  })

  it.each([
    [
      'with a changed byte',
      (file: string) =>
        writeFileSync(
          file,
          readFileSync(file).map((value, at) => (at === 900 ? value ^ 1 : value)),
        ),
    ],
    ['that is cut off', (file: string) => truncateSync(file, 1000)],
    ['that is empty', (file: string) => truncateSync(file, 0)],
  ])('%s is compiled anew, which the log says', async (_, damage) => {
    const run = await trainedRun()
    const first = await scored(run)
    const [name = ''] = graphsIn(run.folder)
    const file = join(run.folder, 'compiled', name)
    const whole = readFileSync(file)
    damage(file)
    const again = await scored(run)
    expect(again.rows).toEqual(first.rows)
    expect(again.said).toEqual([expect.stringMatching(/^debug: .* cannot be used: .*compiled anew/)])
    expect(readFileSync(file).equals(whole)).toBe(true)
  })

  it('is not used for other weights', async () => {
    const [run, other] = [await trainedRun(), await trainedRun()]
    await scored(run)
    const { tensors, description } = await readModel(other.folder)
    const changed = Object.fromEntries(
      Object.entries(tensors).map(([name, { shape, data }]) => [
        name,
        { shape, data: name.startsWith('generator/') ? data.map((value) => 0.9 * value) : data },
      ]),
    )
    await writeModel(other.folder, { tensors: changed, description })
    const wanted = await scored(other)
    // The other model in the folder that has a graph of the first.
    cpSync(join(other.folder, 'model'), join(run.folder, 'model'), { recursive: true })
    const found = await scored({ ...run, images: other.images })
    expect(found.rows.map(({ components }) => components)).toEqual(
      wanted.rows.map(({ components }) => components),
    )
    expect(graphsIn(run.folder)).toHaveLength(2)
  })
})

describeCompiled('the graphs of a training', () => {
  it('are kept while it can be resumed and gone when it is over; resumed with them it ends the same', async () => {
    const whole = await trainedRun()
    const folder = join(temporaryFolder(), 'run')
    const task = { ...whole.task, folder }
    const control = new TaskControl()
    const progress = (phase: string, done: number): void => {
      if (phase === 'encoder' && done === 15) control.cancel()
    }
    await expect(train(task, { control, progress })).rejects.toThrow(Cancelled)
    expect(graphsIn(folder).map((name) => name.split('-')[0])).toEqual(['encoder', 'gan'])
    const said: string[] = []
    const log = (level: string, message: string): void => {
      if (level === 'debug') said.push(message)
    }
    await train({ ...task, resume: true }, { log })
    expect(said).toEqual([expect.stringMatching(/^The graph encoder-.* was compiled before/)])
    expect(readdirSync(join(folder, 'compiled'))).toEqual([])
    const weights = (run: string): Buffer => readFileSync(join(run, 'model', 'weights.safetensors'))
    expect(weights(folder).equals(weights(whole.folder))).toBe(true)
  })
})

describeCompiled('the folder of compiled graphs', () => {
  const graph = { model: new Uint8Array(100), steps: {} }
  const place = (folder: string, description: string, debug: (message: string) => void = () => undefined) =>
    keptGraphs({ folder, purpose: 'score', of: [], debug }).place(description)

  it('holds four at most', () => {
    const folder = temporaryFolder()
    for (const description of ['a', 'b', 'c', 'd', 'e', 'f']) place(folder, description).keep(graph)
    expect(graphsIn(folder)).toHaveLength(4)
    expect(place(folder, 'f').find()).toEqual({ steps: {}, model: Buffer.alloc(100) })
  })

  it('may be gone or be no folder at all: the graph is compiled, and why it is not kept is said', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'compiled'), '')
    const said: string[] = []
    const there = place(folder, 'a', (message) => said.push(message))
    expect(there.find()).toBeNull()
    there.keep(graph)
    expect(said[1]).toMatch(/is not kept: .*compiled/)
    rmSync(join(folder, 'compiled'))
    there.keep(graph)
    expect(there.find()).not.toBeNull()
  })
})
