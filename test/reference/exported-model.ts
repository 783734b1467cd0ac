/**
 * Writes exports of small models with random weights, for `exported-model.py` to run outside Fanoscope:
 *
 *     node test/reference/exported-model.ts FOLDER && python test/reference/exported-model.py FOLDER/*\/out
 *
 * Those with a memory need the weights of a backbone, which set-up fetches; one has a network that was added. Their
 * memory is one of generated photographs.
 */

import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { learnSight } from '../../src/main/engine/learned/feature-sight.ts'
import { isLearned } from '../../src/main/engine/learned/learnable.ts'
import { photographMemory } from '../../src/main/engine/learned/photograph-memory.ts'
import { readWeights } from '../../src/main/engine/networks/stored-weights.ts'
import { createFanoganWeights } from '../../src/main/engine/systems/fanogan/networks.ts'
import { createGanomalyWeights } from '../../src/main/engine/systems/ganomaly/networks.ts'
import { exportTask } from '../../src/main/engine/tasks/export-task.ts'
import { prepareBackbone } from '../../src/main/features/backbones/add-backbone.ts'
import { backboneFile } from '../../src/main/model/backbones/backbone-files.ts'
import { writeModel } from '../../src/main/model/model-file.ts'
import { type LearningParameters, onlyMemory } from '../../src/main/model/parameters.ts'
import { readTensors, type TensorMap } from '../../src/main/model/safetensors.ts'
import { fanoganConfigSchema } from '../../src/main/model/systems/fanogan/config.ts'
import { ganomalyConfigSchema } from '../../src/main/model/systems/ganomaly/config.ts'
import { memoryConfigSchema } from '../../src/main/model/systems/memory/config.ts'
import { createRandom } from '../../src/main/platform/random.ts'
import type { RegionOfInterest } from '../../src/shared/region-of-interest.ts'
import {
  description as ownDescription,
  smallNetwork,
  writeNetwork,
} from '../main/features/backbones/small-network.ts'

const random = createRandom(5)

/** Fresh weights are so small that every picture would be gray. */
function larger(tensors: TensorMap): TensorMap {
  for (const [name, { data }] of Object.entries(tensors)) {
    for (let i = 0; i < data.length; i++) {
      data[i] = name.endsWith('variance') ? 0.5 + random.uniform() : 0.15 * random.normal()
    }
  }
  return tensors
}

async function write(
  name: string,
  model: string,
  config: Record<string, unknown>,
  tensors: TensorMap,
  batch: number,
  regionOfInterest?: RegionOfInterest,
) {
  const folder = join(process.argv[2] ?? 'exports', name)
  mkdirSync(join(folder, 'model'), { recursive: true })
  const description = {
    format: 1 as const,
    model,
    config,
    componentNames: ['any'],
    calibration: {},
    mapScale: 1,
    expectedCriticValue: 0,
    weightsSha256: '',
    ...(regionOfInterest && { regionOfInterest }),
  }
  await writeModel(folder, { tensors, description })
  const task = {
    kind: 'export' as const,
    task: 't',
    run: 'r',
    folder,
    to: 'out',
    batch,
    version: '0',
    metadata: {},
    needsOnnx: true,
  }
  const { files } = await exportTask(task)
  process.stdout.write(`${name}: ${files.join(', ')}\n`)
}

const small = { size: 32, width: 8, latent: 16, channels: 1 }
for (const [name, values, batch] of [
  ['fanogan', small, 1],
  ['fanogan-color', { ...small, size: 64, channels: 3 }, 4],
  ['fanogan-resnet', { ...small, blocks: 'resnet' }, 2],
] as const) {
  const config = fanoganConfigSchema.parse(values)
  const { generator, critic, encoder } = createFanoganWeights(config, createRandom(1))
  await write(name, 'fanogan', config, larger(readWeights(generator, critic, encoder)), batch)
}
const config = ganomalyConfigSchema.parse(small)
await write(
  'ganomaly',
  'ganomaly',
  config,
  larger(readWeights(...Object.values(createGanomalyWeights(config, createRandom(1))))),
  2,
)

/** The memory of generated photographs, as tensors of a model. */
function memoryOf(backbone: TensorMap, parameters: LearningParameters): TensorMap {
  const { learning } = photographMemory
  if (learning.from !== 'photographs' || !isLearned(photographMemory, parameters)) return {}
  const gathering = learning.gather(4, createRandom(3), parameters, backbone)
  const [width, height, channels] = [144, 120, 3]
  for (let number = 0; number < 4; number++) {
    const data = Float32Array.from(
      { length: width * height * channels },
      (_, i) => 0.6 * Math.sin(i / (9 + number)) + 0.1 * random.normal(),
    )
    const picture = { data, width, height, channels }
    gathering.add(
      {
        photograph: picture,
        reconstruction: null,
        inside: null,
        insideAt: () => null,
        forFeatures: picture,
      },
      1,
    )
  }
  return gathering.finish().tensors
}

const room = mkdtempSync(join(tmpdir(), 'fanoscope-reference-'))
const added = join(room, 'added.safetensors')
const backbone = await prepareBackbone(
  writeNetwork(room, smallNetwork({ channels: 48 }), {
    ...ownDescription,
    outputs: [{ name: 'late', channels: 48, stride: 4 }],
  }),
  added,
)
const ownConfig = memoryConfigSchema.parse({ backbone })
const ownParameters = onlyMemory({ ...ownConfig, memory: true })
await write('memory-own', 'memory', ownConfig, memoryOf((await readTensors(added)).tensors, ownParameters), 1)

const file = await backboneFile('efficientnet-lite2')
if (file === null) process.stdout.write('The weights of efficientnet-lite2 are not here: no memories.\n')
else {
  const { tensors } = await readTensors(file)
  const memoryConfig = memoryConfigSchema.parse({})
  const alone = memoryOf(tensors, onlyMemory({ ...memoryConfig, memory: true }))
  await write('memory', 'memory', memoryConfig, alone, 1)
  const region = { kind: 'found' as const, margin: 0 }
  await write('memory-region', 'memory', memoryConfig, alone, 1, region)
  const both = fanoganConfigSchema.parse({
    ...small,
    memory: true,
    backbone: 'efficientnet-lite2',
    score: 'memory',
    map: 'memory',
  })
  const { generator, critic, encoder } = createFanoganWeights(both, createRandom(1))
  const weights = larger(readWeights(generator, critic, encoder))
  await write('fanogan-memory', 'fanogan', both, { ...weights, ...memoryOf(tensors, both) }, 2)
  await writeWithFeatures(tensors)
}

/** Networks on windows of features, standardized by those of a generated photograph. */
async function writeWithFeatures(tensors: TensorMap): Promise<void> {
  const config = fanoganConfigSchema.parse({
    ...small,
    input: 'features',
    backbone: 'efficientnet-lite2',
    window: 2,
    components: 24,
  })
  const [width, height, channels] = [320, 240, 3]
  const data = Float32Array.from(
    { length: width * height * channels },
    (_, i) => Math.sin(i / 11) * random.uniform(),
  )
  const { sight } = await learnSight({
    config,
    backbone: tensors,
    photographs: 1,
    seed: 1,
    view: async () => ({ forFeatures: { data, width, height, channels }, insideAt: () => null }),
    limit: 0,
    proceed: async () => undefined,
  })
  const { generator, critic, encoder } = createFanoganWeights(config, createRandom(1))
  const weights = larger(readWeights(generator, critic, encoder))
  await write('fanogan-features', 'fanogan', config, { ...weights, ...sight.tensors }, 4)
  sight.dispose()
}
