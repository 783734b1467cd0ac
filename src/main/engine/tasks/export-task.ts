/**
 * Writes a trained model for other programs, as a SavedModel and as ONNX. Both contain the same graphs: that of tiles
 * which scoring runs, that of the features which its windows are cut from where they are not of pixels, and that of
 * whole photographs where the run has a memory of features. Beside them it writes the results for a given input, so
 * that another runtime can be checked against this one.
 */

import { join } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { exportFiles, featureGraphNames, memoryGraphNames, signatures } from '../../model/exported-files.ts'
import { readModel } from '../../model/model-file.ts'
import { type TensorMap, writeTensors } from '../../model/safetensors.ts'
import { writeFileDurably } from '../../platform/durable-file.ts'
import { createRandom } from '../../platform/random.ts'
import type { Pixels } from '../data/geometry.ts'
import { identityNode } from '../graph/ir.ts'
import { encodeOnnx } from '../graph/onnx.ts'
import { capturingGraphs, type StepGraph } from '../graph/program-graph.ts'
import { encodeGraph, encodeSavedModel, type Signature } from '../graph/saved-model.ts'
import type { ExportResult, ExportTask } from '../protocol.ts'
import {
  type ExportedMeasure,
  type Sight,
  type TileScorer,
  tileComponentsOf,
} from '../scoring/tile-scorer.ts'
import { systemNamed } from '../systems/registry.ts'

/** @throws Failure `not-trained`, `model-corrupt`, `not-exportable`, `disk-full` */
export async function exportTask(task: ExportTask): Promise<ExportResult> {
  const stored = await readModel(task.folder)
  const { model, regionOfInterest } = stored.description
  const { made, graphs } = capturingGraphs(() => systemNamed(model).load(stored, task.batch))
  const { scorer } = made
  // What is computed outside the graph of tiles is not in it.
  const inGraph = scorer.graph ?? scorer
  try {
    const hasRegion = regionOfInterest !== undefined && regionOfInterest.kind !== 'none'
    const memory = scorer.ofPhotograph?.find(({ exported }) => exported !== undefined)?.exported
    const ofPhotograph = memory?.graph(hasRegion) ?? null
    const ofTiles = graphOfTiles(model, scorer, graphs, ofPhotograph !== null)
    const sight = ofTiles === null ? undefined : scorer.sight
    const ofFeatures = sight?.graph() ?? null
    const folder = join(task.folder, task.to)
    const onnx = async (file: string, graph: StepGraph, name: string): Promise<string[]> => {
      const description = { name, producerVersion: task.version, metadata: task.metadata }
      const model = onnxOf(() => encodeOnnx(graph, description), task.needsOnnx)
      if (model === null) return []
      await writeFileDurably(join(folder, file), model)
      return [file]
    }
    await writeFileDurably(
      join(folder, exportFiles.savedModel),
      savedModelOf({ ofTiles, ofFeatures, ofPhotograph }),
    )
    const written: string[] = [exportFiles.savedModel, exportFiles.check]
    if (ofTiles) written.push(...(await onnx(exportFiles.onnx, ofTiles, model)))
    if (ofFeatures) written.push(...(await onnx(exportFiles.featuresOnnx, ofFeatures, 'features')))
    if (ofPhotograph) {
      const file = ofTiles ? exportFiles.memoryOnnx : exportFiles.onnx
      written.push(...(await onnx(file, ofPhotograph, 'memory')))
    }
    const check = {
      ...(ofTiles ? checkOf(inGraph) : {}),
      ...(sight ? checkOfFeatures(sight) : {}),
      ...(memory ? checkOfMemory(memory, hasRegion) : {}),
    }
    await writeTensors(join(folder, exportFiles.check), check, { format: 'fanoscope-check-1' })
    return { files: written, componentNames: ofTiles ? tileComponentsOf(inGraph) : [] }
  } finally {
    scorer.dispose()
  }
}

/** Null where a network that a person added has operations that cannot be written, and the file is not needed. */
function onnxOf(encode: () => Uint8Array, isNeeded: boolean): Uint8Array | null {
  try {
    return encode()
  } catch (error) {
    if (isNeeded || !(error instanceof Failure) || error.code !== 'not-exportable') throw error
    return null
  }
}

/**
 * The graph of one call of scoring, its outputs called `components`, and `map` and `reconstruction` where there are.
 * Null where tiles cannot be scored by one graph, but photographs can.
 */
function graphOfTiles(
  model: string,
  { searchSteps, onlyWhole }: TileScorer,
  graphs: ReadonlyMap<string, StepGraph>,
  isOptional: boolean,
): StepGraph | null {
  if (onlyWhole || (isOptional && searchSteps !== undefined)) return null
  if (searchSteps !== undefined) {
    throw new Failure('not-exportable', { case: 'searches', system: model })
  }
  const graph = graphs.get('score') ?? graphs.get('discriminate')
  if (graph === undefined) {
    throw new Failure('not-exportable', { case: 'no-tensorflow' })
  }
  const outputs = graph.outputs.map(({ name, edge }) => ({
    name: name === 'value' ? 'components' : name,
    edge,
  }))
  return { inputs: graph.inputs, outputs }
}

/** The graphs of a model; null are those that it does not have. */
interface Graphs {
  ofTiles: StepGraph | null
  /** What tiles are cut from, where it is not the photograph. */
  ofFeatures: StepGraph | null
  ofPhotograph: StepGraph | null
}

function savedModelOf({ ofTiles, ofFeatures, ofPhotograph }: Graphs): Uint8Array {
  const signature = ({ inputs, outputs }: StepGraph, prefix: string): Signature => ({
    inputs: Object.fromEntries(inputs.map(({ name, node }) => [name, node])),
    outputs: Object.fromEntries(
      outputs.map(({ name, edge }) => [name, identityNode(`${prefix}${name}`, edge, [])]),
    ),
  })
  const all: Record<string, Signature> = {}
  if (ofTiles) all[signatures.main] = signature(ofTiles, '')
  if (ofFeatures) all[signatures.features] = signature(ofFeatures, 'features/')
  if (ofPhotograph) {
    all[ofTiles ? signatures.memory : signatures.main] = signature(ofPhotograph, 'memory/')
  }
  // Inputs too, because a graph does not need to read all of them.
  const roots = Object.values(all).flatMap(({ inputs, outputs }) => [
    ...Object.values(inputs),
    ...Object.values(outputs),
  ])
  return encodeSavedModel(encodeGraph(roots), all)
}

/** Generated tiles, from dark to light with some noise, and the results that this engine gives for them. */
function checkOf(scorer: TileScorer): TensorMap {
  const { batch, size, channels } = scorer
  const x = madeSamples(batch * size * size * channels, channels)
  const { components, pictures } = scorer.score(x)
  const tensors: TensorMap = {
    x: { shape: [batch, size, size, channels], data: x },
    components: { shape: [batch, tileComponentsOf(scorer).length], data: components },
  }
  if (pictures !== null) {
    tensors.map = { shape: [batch, size, size], data: pictures.map }
    tensors.reconstruction = { shape: [batch, size, size, channels], data: pictures.reconstruction }
  }
  return tensors
}

/** The sides of the generated photograph: not whole numbers of cells, and not equal. */
const [checkHeight, checkWidth] = [155, 203]

function madePhotograph(): Pixels {
  const [width, height, channels] = [checkWidth, checkHeight, 3]
  return { data: madeSamples(width * height * channels, channels), width, height, channels }
}

/** A generated photograph, and the features of it that windows are cut from, each name with `features/` before it. */
function checkOfFeatures({ featuresOf }: Sight): TensorMap {
  const photograph = madePhotograph()
  const stored = ({ data, width, height, channels }: Pixels) => ({
    shape: [1, height, width, channels],
    data,
  })
  return {
    [`features/${featureGraphNames.photograph}`]: stored(photograph),
    [`features/${featureGraphNames.features}`]: stored(featuresOf(photograph)),
  }
}

/** A generated photograph, and what this engine gives for it, each name with `memory/` before it. */
function checkOfMemory(memory: ExportedMeasure, hasRegion: boolean): TensorMap {
  const picture = madePhotograph()
  const { width, height, channels } = picture
  // A region with slanted sides.
  const inside = hasRegion
    ? Uint8Array.from({ length: width * height }, (_, i) =>
        Math.abs((i % width) - width / 2) + Math.abs(Math.floor(i / width) - height / 2) < width / 2.5
          ? 1
          : 0,
      )
    : null
  const tensors: TensorMap = {
    [memoryGraphNames.photograph]: { shape: [1, height, width, channels], data: picture.data },
    ...(inside && {
      [memoryGraphNames.inside]: { shape: [height, width], data: Float32Array.from(inside) },
    }),
    ...memory.outputs(picture, inside),
  }
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`memory/${name}`, tensor]))
}

function madeSamples(count: number, channels: number): Float32Array {
  const random = createRandom(1, 'export')
  return Float32Array.from(
    { length: count },
    (_, i) => 0.7 * Math.sin(i / (7 * channels)) + 0.2 * (2 * random.uniform() - 1),
  )
}
