/**
 * Writes a trained model for other programs, as a SavedModel and as ONNX. Both contain the same graph that scoring
 * runs. Beside them it writes the results for given tiles, so that another runtime can be checked against this one.
 */

import { join } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { exportFiles } from '../../model/exported-files.ts'
import { readModel } from '../../model/model-file.ts'
import { type TensorMap, writeTensors } from '../../model/safetensors.ts'
import { writeFileDurably } from '../../platform/durable-file.ts'
import { createRandom } from '../../platform/random.ts'
import { identityNode } from '../graph/ir.ts'
import { encodeOnnx } from '../graph/onnx.ts'
import { capturingGraphs, type StepGraph } from '../graph/program-graph.ts'
import { encodeGraph, encodeSavedModel } from '../graph/saved-model.ts'
import type { ExportResult, ExportTask } from '../protocol.ts'
import { type TileScorer, tileComponentsOf } from '../scoring/tile-scorer.ts'
import { systemNamed } from '../systems/registry.ts'

/** @throws Failure `not-trained`, `model-corrupt`, `not-exportable`, `disk-full` */
export async function exportTask(task: ExportTask): Promise<ExportResult> {
  const stored = await readModel(task.folder)
  const { model } = stored.description
  const { made, graphs } = capturingGraphs(() => systemNamed(model).load(stored, task.batch))
  const { scorer } = made
  // What is computed outside the graph is not in the files.
  const inGraph = scorer.graph ?? scorer
  try {
    const graph = scoringGraph(model, scorer, graphs)
    const folder = join(task.folder, task.to)
    await writeFileDurably(join(folder, exportFiles.savedModel), savedModelOf(graph))
    await writeFileDurably(
      join(folder, exportFiles.onnx),
      encodeOnnx(graph, { name: model, producerVersion: task.version, metadata: task.metadata }),
    )
    await writeTensors(join(folder, exportFiles.check), checkOf(inGraph), { format: 'fanoscope-check-1' })
    return { files: Object.values(exportFiles), componentNames: tileComponentsOf(inGraph) }
  } finally {
    scorer.dispose()
  }
}

/** The graph of one call of scoring, its outputs called `components`, and `map` and `reconstruction` where there are. */
function scoringGraph(
  model: string,
  { searchSteps, onlyWhole, sight }: TileScorer,
  graphs: ReadonlyMap<string, StepGraph>,
): StepGraph {
  if (searchSteps !== undefined) {
    throw new Failure('not-exportable', { case: 'searches', system: model })
  }
  if (onlyWhole) throw new Failure('not-exportable', { case: 'only-whole', system: model })
  if (sight) throw new Failure('not-exportable', { case: 'features' })
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

function savedModelOf(graph: StepGraph): Uint8Array {
  const outputs = graph.outputs.map(({ name, edge }) => [name, identityNode(name, edge, [])] as const)
  return encodeSavedModel(encodeGraph(outputs.map(([, node]) => node)), {
    inputs: Object.fromEntries(graph.inputs.map(({ name, node }) => [name, node])),
    outputs: Object.fromEntries(outputs),
  })
}

/** Generated tiles, from dark to light with some noise, and the results that this engine gives for them. */
function checkOf(scorer: TileScorer): TensorMap {
  const { batch, size, channels } = scorer
  const random = createRandom(1, 'export')
  const x = new Float32Array(batch * size * size * channels)
  for (let i = 0; i < x.length; i++) {
    x[i] = 0.7 * Math.sin(i / (7 * channels)) + 0.2 * (2 * random.uniform() - 1)
  }
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
