/** Feature extraction: the features of a photograph of any size, in one call of TensorFlow. */
import { elementAt } from '../../../shared/element-at.ts'
import { ownDocumentOf } from '../../model/backbones/own-backbones.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import type { Pixels } from '../data/geometry.ts'
import { anySide, compile } from '../graph/compile.ts'
import { capturingGraphs } from '../graph/program-graph.ts'
import { type Tensor, tf } from '../tensorflow.ts'
import { cellsAlong, centered, centeringOf } from './centered-cells.ts'
import { type FrozenWeights, features, frozenWeights } from './efficientnet-lite.ts'
import type { FeatureNetwork, NetworkFeatures } from './feature-network.ts'
import { ownNetwork } from './own-network.ts'

/** Features of the cells of one picture. */
export interface FeatureCells {
  /** [rows, columns, channels] */
  data: Float32Array
  rows: number
  columns: number
  /** From one cell to the next, as shares of the picture's width and height. */
  pitch?: { x: number; y: number }
}

export interface CellsOfPicture {
  plain: FeatureCells
  averaged: FeatureCells
}

/** Where features are taken: the output of a block, counted from 0, its channels, and pixels from cell to cell. */
export interface FeatureLayer {
  readonly block: number
  readonly channels: number
  readonly stride: number
}

export interface FeatureExtractor extends Pick<FeatureNetwork, 'channels' | 'centering' | 'graph'> {
  /** Pixels from the middle of one cell to that of the next; the first one is half of it from the edge. */
  readonly stride: number
  /**
   * Features as the network gives them, and averaged over 3x3 cells without what lies outside the picture (Roth et al.
   * 2022, equation 2).
   * @param picture three channels in [-1, 1]
   */
  cells(picture: Pixels): CellsOfPicture
  /** The same of several pictures, in less time; the numbers are the same. */
  cellsOfEach(pictures: readonly Pixels[]): CellsOfPicture[]
  dispose(): void
}

/**
 * @param layers of a backbone of the registry, all of one stride; a network that a person added has its own
 * @param weights as `foldedWeights` makes them
 */
export function featureExtractor(layers: readonly FeatureLayer[], weights: TensorMap): FeatureExtractor {
  const own = ownDocumentOf(weights)
  const network = own === null ? backboneNetwork(layers, weights) : ownNetwork(own, weights)
  const { channels, centering } = network
  const { stride, skipped } = centering
  /** The cells inside a picture, of the features of the same padded. */
  const cellsIn = (picture: Pixels, padded: Pixels, { plain, averaged }: NetworkFeatures): CellsOfPicture => {
    const rows = cellsAlong(picture.height, stride)
    const columns = cellsAlong(picture.width, stride)
    const across = padded.width / stride
    const pitch = { x: stride / picture.width, y: stride / picture.height }
    const inside = (all: Float32Array): FeatureCells => {
      const data = new Float32Array(rows * columns * channels)
      for (let row = 0; row < rows; row++) {
        const from = ((row + skipped) * across + skipped) * channels
        data.set(all.subarray(from, from + columns * channels), row * columns * channels)
      }
      return { data, rows, columns, pitch }
    }
    return { plain: inside(plain), averaged: inside(averaged) }
  }
  return {
    channels,
    centering,
    stride,
    graph: () => network.graph(),
    cells(picture) {
      const padded = centered(picture, centering)
      return cellsIn(picture, padded, network.run(padded))
    },
    cellsOfEach(pictures) {
      const all = pictures.map((picture) => centered(picture, centering))
      const found = network.runEach?.(all) ?? all.map((padded) => network.run(padded))
      return pictures.map((picture, at) =>
        cellsIn(picture, elementAt(all, at, 'Pictures'), elementAt(found, at, 'Pictures')),
      )
    },
    dispose: () => network.dispose(),
  }
}

/** The network of a backbone of the registry. */
export function backboneNetwork(layers: readonly FeatureLayer[], weights: TensorMap): FeatureNetwork {
  const [{ stride } = { stride: 1 }] = layers
  if (layers.some((layer) => layer.stride !== stride)) throw new RangeError('layers of different strides')
  const taps = layers.map(({ block }) => block)
  const frozen = frozenWeights(weights)
  const compiled = () =>
    compile(
      {
        variables: {},
        inputs: { x: { shape: [1, anySide, anySide, 3] } },
        step({ x }) {
          const plain = tf.concat4d(features(x, frozen, taps), 3)
          return { plain, averaged: tf.avgPool(plain, 3, 1, 'same') }
        },
      },
      // It is quickly compiled, and its weights would be stored a second time.
      { cache: null },
    )
  const step = compiled()
  // The weights are constants of the compiled graph; a step that runs eagerly reads them in each call.
  if (step.mode === 'compiled') frozen.dispose()
  /** By the number of pictures that they take. */
  const several = new Map<number, ReturnType<typeof stepForEach>>()
  return {
    channels: layers.reduce((sum, layer) => sum + layer.channels, 0),
    centering: centeringOf(stride),
    graph() {
      const { made, graphs } = capturingGraphs(compiled)
      made.dispose()
      if (made.mode === 'compiled') frozen.dispose()
      return [...graphs.values()][0] ?? null
    },
    run({ data, width, height }) {
      const x = tf.tensor4d(data, [1, height, width, 3])
      try {
        return step.run({ x })
      } finally {
        x.dispose()
      }
    },
    runEach(pictures) {
      const count = pictures.length
      const each = several.get(count) ?? stepForEach(count, frozen, taps)
      if (each.mode === 'compiled') frozen.dispose()
      several.set(count, each)
      const inputs = pictures.map(({ data, width, height }) => tf.tensor4d(data, [1, height, width, 3]))
      try {
        const found = each.run(Object.fromEntries(inputs.map((x, at) => [`x${at}`, x])))
        return pictures.map((_, at) => ({
          plain: outputNamed(found, `plain${at}`),
          averaged: outputNamed(found, `averaged${at}`),
        }))
      } finally {
        for (const x of inputs) x.dispose()
      }
    },
    dispose() {
      step.dispose()
      for (const each of several.values()) each.dispose()
      frozen.dispose()
    },
  }
}

/** The network for several pictures, each of its own size, in one graph: TensorFlow runs them side by side. */
function stepForEach(count: number, frozen: FrozenWeights, taps: readonly number[]) {
  const names = Array.from({ length: count }, (_, at) => String(at))
  return compile(
    {
      variables: {},
      inputs: Object.fromEntries(names.map((name) => [`x${name}`, { shape: [1, anySide, anySide, 3] }])),
      step(pictures: Readonly<Record<string, Tensor>>) {
        return Object.fromEntries(
          names.flatMap((name) => {
            const x = pictures[`x${name}`]
            if (x === undefined) throw new RangeError(`no picture ${name}`)
            const plain = tf.concat4d(features(x, frozen, taps), 3)
            return [
              [`plain${name}`, plain],
              [`averaged${name}`, tf.avgPool(plain, 3, 1, 'same')],
            ]
          }),
        )
      },
    },
    { cache: null },
  )
}

function outputNamed(found: Readonly<Record<string, Float32Array>>, name: string): Float32Array {
  const output = found[name]
  if (output === undefined) throw new RangeError(`no output ${name}`)
  return output
}
