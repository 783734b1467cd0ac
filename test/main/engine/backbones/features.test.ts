import { readFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { backboneNetwork, featureExtractor } from '../../../../src/main/engine/backbones/feature-extractor.ts'
import { foldedWeights } from '../../../../src/main/engine/backbones/folded-weights.ts'
import { backboneByName } from '../../../../src/main/model/backbones/registry.ts'
import { readTensors, type TensorMap } from '../../../../src/main/model/safetensors.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'
import { describeWithBackbone } from '../../model/backbones/present.ts'

const blockSchema = z.object({
  rows: z.int(),
  columns: z.int(),
  sum: z.number(),
  cells: z.array(z.object({ row: z.int(), column: z.int(), values: z.array(z.number()) })),
})
const reference = z
  .object({
    cases: z.array(z.object({ height: z.int(), width: z.int(), blocks: z.record(z.string(), blockSchema) })),
  })
  .parse(
    JSON.parse(readFileSync(new URL('../../../reference/backbone-features.json', import.meta.url), 'utf8')),
  )

/** The pixels of the reference, in [-1, 1]. */
function pixels(height: number, width: number) {
  const data = new Float32Array(height * width * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        data[(y * width + x) * 3 + c] = ((37 * y + 91 * x + 53 * c + x * y) % 256) / 127.5 - 1
      }
    }
  }
  return { data, width, height, channels: 3 }
}

describeWithBackbone('features of EfficientNet-Lite2', (file) => {
  const layers = backboneByName('efficientnet-lite2')?.layers ?? []
  let weights: TensorMap
  beforeAll(async () => {
    weights = foldedWeights((await readTensors(file)).tensors, 14)
  })

  it('are those of PyTorch, for any size of picture', () => {
    for (const layer of layers) {
      const network = backboneNetwork([layer], weights)
      for (const { height, width, blocks } of reference.cases) {
        const expected = blocks[String(layer.block)]
        if (expected === undefined) throw new Error(`no reference for block ${layer.block}`)
        const found = network.run(pixels(height, width)).plain
        expect(found.length).toBe(expected.rows * expected.columns * layer.channels)
        for (const { row, column, values } of expected.cells) {
          const from = (row * expected.columns + column) * layer.channels
          for (const [channel, value] of values.entries()) {
            expect(Math.abs(elementAt(found, from + channel, 'Features') - value)).toBeLessThan(1e-4)
          }
        }
        const sum = found.reduce((all, value) => all + value, 0)
        expect(Math.abs(sum - expected.sum)).toBeLessThan(1e-5 * found.length)
      }
      network.dispose()
    }
  })

  it('come from the middle of their cell', () => {
    const extractor = featureExtractor(layers, weights)
    const side = 160
    const plain = { data: new Float32Array(side * side * 3), width: side, height: side, channels: 3 }
    const usual = extractor.cells(plain).plain
    expect([usual.rows, usual.columns]).toEqual([10, 10])
    // A spot in the middle of the cell in row 3 and column 6.
    const spotted = { ...plain, data: plain.data.slice() }
    for (let y = 52; y < 60; y++) {
      for (let x = 100; x < 108; x++) spotted.data.fill(1, (y * side + x) * 3, (y * side + x) * 3 + 3)
    }
    const { data } = extractor.cells(spotted).plain
    const change = Array.from({ length: 100 }, (_, cell) => {
      let sum = 0
      for (let at = cell * extractor.channels; at < (cell + 1) * extractor.channels; at++) {
        sum += (elementAt(data, at, 'Features') - elementAt(usual.data, at, 'Features')) ** 2
      }
      return sum
    })
    const all = change.reduce((sum, value) => sum + value, 0)
    const middle = (place: (cell: number) => number) =>
      change.reduce((sum, value, cell) => sum + value * place(cell), 0) / all
    expect(Math.abs(middle((cell) => Math.floor(cell / 10)) - 3)).toBeLessThan(0.5)
    expect(Math.abs(middle((cell) => cell % 10) - 6)).toBeLessThan(0.5)
    extractor.dispose()
  })

  it('are the same bit for bit when they are taken again', () => {
    const [one, other] = [featureExtractor(layers, weights), featureExtractor(layers, weights)]
    expect(one.cells(pixels(90, 70))).toEqual(other.cells(pixels(90, 70)))
    one.dispose()
    other.dispose()
  })

  it('are the same bit for bit whether pictures are taken one by one or together', () => {
    const extractor = featureExtractor(layers, weights)
    const pictures = [pixels(90, 70), pixels(63, 49), pixels(44, 34)]
    expect(extractor.cellsOfEach(pictures)).toEqual(pictures.map((picture) => extractor.cells(picture)))
    extractor.dispose()
  })
})
