/**
 * Writes exports of small models with random weights, for `exported-model.py` to run outside Fanoscope:
 *
 *     node test/reference/exported-model.ts FOLDER && python test/reference/exported-model.py FOLDER/*\/out
 */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { readWeights } from '../../src/main/engine/networks/stored-weights.ts'
import { createFanoganWeights } from '../../src/main/engine/systems/fanogan/networks.ts'
import { createGanomalyWeights } from '../../src/main/engine/systems/ganomaly/networks.ts'
import { exportTask } from '../../src/main/engine/tasks/export-task.ts'
import { writeModel } from '../../src/main/model/model-file.ts'
import type { TensorMap } from '../../src/main/model/safetensors.ts'
import { fanoganConfigSchema } from '../../src/main/model/systems/fanogan/config.ts'
import { ganomalyConfigSchema } from '../../src/main/model/systems/ganomaly/config.ts'
import { createRandom } from '../../src/main/platform/random.ts'

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
  }
  await writeModel(folder, { tensors: larger(tensors), description })
  const task = {
    kind: 'export' as const,
    task: 't',
    run: 'r',
    folder,
    to: 'out',
    batch,
    version: '0',
    metadata: {},
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
  await write(name, 'fanogan', config, readWeights(generator, critic, encoder), batch)
}
const config = ganomalyConfigSchema.parse(small)
await write(
  'ganomaly',
  'ganomaly',
  config,
  readWeights(...Object.values(createGanomalyWeights(config, createRandom(1)))),
  2,
)
