import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { featureExtractor } from '../../../../src/main/engine/backbones/feature-extractor.ts'
import { constantNode, DataTypes } from '../../../../src/main/engine/graph/ir.ts'
import { ProtobufWriter } from '../../../../src/main/engine/graph/protobuf.ts'
import { tf } from '../../../../src/main/engine/tensorflow.ts'
import { launchStandardEngine } from '../../../../src/main/engine-host/standard-engine.ts'
import {
  addBackbone,
  prepareBackbone,
  removeBackbone,
} from '../../../../src/main/features/backbones/add-backbone.ts'
import { listBackbones } from '../../../../src/main/features/backbones/list-backbones.ts'
import { ownBackbone } from '../../../../src/main/model/backbones/own-backbones.ts'
import { readTensors } from '../../../../src/main/model/safetensors.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'
import { fanoscope } from '../../command-line/fanoscope.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { brought } from './brought.ts'
import {
  description,
  filters,
  type NetworkChange,
  operation,
  smallNetwork,
  type Weights,
} from './small-network.ts'

const prepared = async (model: Uint8Array, said: unknown = description): Promise<string> => {
  const file = join(temporaryFolder(), 'candidate.safetensors')
  await prepareBackbone(brought(model, said), file)
  return file
}

/** The reason why a network is not taken; nothing may have been written. */
async function refusal(
  model: Uint8Array,
  said: unknown = description,
): Promise<{ code: string; [name: string]: unknown }> {
  const file = join(temporaryFolder(), 'candidate.safetensors')
  const error: unknown = await prepareBackbone(brought(model, said), file).catch((thrown: unknown) => thrown)
  expect(existsSync(file)).toBe(false)
  const { code, params } = Object(error)
  expect(code).toBe('backbone-model-refused')
  return { code: params.reason.code, ...params.reason.params }
}

const refusedChange = (change: NetworkChange) => refusal(smallNetwork(change))

const text = constantNode({
  dtype: DataTypes.string,
  shape: [],
  values: [new TextEncoder().encode('/etc/passwd')],
})

describe('a network of a person', () => {
  it.each(['ReadFile', 'WriteFile', 'PyFunc', 'EagerPyFunc', 'LoadLibrary', 'RandomUniform', 'While'])(
    'is refused where its outputs need the operation %s',
    async (op) => {
      expect(await refusedChange({ first: (x) => operation(op, [x, text]) })).toMatchObject({
        code: 'operation-not-admitted',
        operation: op,
      })
    },
  )

  it('is refused where its weights are variables', async () => {
    expect(
      await refusedChange({ lateFilter: operation('ReadVariableOp', [operation('VarHandleOp', [])]) }),
    ).toMatchObject({ code: 'saved-model-not-frozen' })
  })

  it('may hold what is not admitted where no output needs it, and does not keep it', async () => {
    const said = { ...description, outputs: [{ name: 'early', channels: 4, stride: 2 }] }
    const { tensors } = await readTensors(
      await prepared(smallNetwork({ lateFilter: operation('ReadFile', [text]) }), said),
    )
    const document = new TextDecoder().decode(Uint8Array.from(tensors.document?.data ?? []))
    expect(document).not.toContain('ReadFile')
    expect(Object.keys(tensors).filter((name) => name.startsWith('constant'))).toHaveLength(1)
  })

  it('is refused where an output is missing, and the ones that there are are named', async () => {
    const said = { ...description, outputs: [{ name: 'latest', channels: 6, stride: 4 }] }
    expect(await refusal(smallNetwork(), said)).toMatchObject({
      code: 'saved-model-output-missing',
      output: 'latest',
      known: 'early, late',
    })
  })

  it('is refused where an output or the input has other sides than are said', async () => {
    const said = { ...description, outputs: [{ name: 'late', channels: 7, stride: 4 }] }
    expect(await refusal(smallNetwork(), said)).toMatchObject({ code: 'saved-model-output-shape' })
    expect(await refusedChange({ inputShape: [1, 224, 224, 3] })).toMatchObject({
      code: 'saved-model-input-shape',
    })
    expect(await refusal(smallNetwork(), { ...description, input: 'y' })).toMatchObject({
      code: 'saved-model-input-missing',
      known: 'x',
    })
  })

  it('is refused wherever its file is cut off or changed, and never more than that', async () => {
    const model = smallNetwork()
    const files: Uint8Array[] = [
      new Uint8Array(),
      new TextEncoder().encode('<html>'),
      model.map((byte) => byte ^ 255),
    ]
    for (let at = 1; at < model.length; at += 97) files.push(model.subarray(0, at))
    for (const file of files) expect((await refusal(file)).code).toMatch(/^(?:saved-model|operation)-/)
    for (let at = 0; at < model.length; at += 61) {
      const changed = model.slice()
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
      const outcome: unknown = await prepareBackbone(
        brought(changed),
        join(temporaryFolder(), 'candidate.safetensors'),
      ).catch((error: unknown) => Object(error).code)
      expect(['two-convolutions', 'backbone-model-refused']).toContain(outcome)
    }
  })

  it('is refused where it is small and asks for much memory', async () => {
    const shape = [1, 1, 10_000, 20_000]
    const lateFilter = constantNode({ dtype: DataTypes.float32, shape, values: new Uint8Array(4) })
    expect(await refusedChange({ lateFilter })).toMatchObject({ code: 'saved-model-too-large' })
  })

  it('has a description in which each wrong field is named', async () => {
    const said = { ...description, scale: [1, 1, 0], outputs: [], colour: 'rgb' }
    await expect(prepared(smallNetwork(), said)).rejects.toMatchObject({
      code: 'backbone-description',
      params: { problems: expect.stringMatching(/scale.*outputs|outputs.*scale/) },
    })
    await expect(prepared(smallNetwork(), '{')).rejects.toMatchObject({ code: 'backbone-description' })
    await expect(
      prepared(smallNetwork(), { ...description, name: 'efficientnet-lite2' }),
    ).rejects.toMatchObject({
      code: 'backbone-name-taken',
    })
    await expect(prepared(smallNetwork(), { ...description, name: '../up' })).rejects.toMatchObject({
      code: 'backbone-description',
    })
  })

  it('may lie in functions, which are put in place of their calls', async () => {
    const file = await prepared(inFunctions('Relu'), callDescription)
    const { tensors } = await readTensors(file)
    const { graph } = JSON.parse(new TextDecoder().decode(Uint8Array.from(tensors.document?.data ?? [])))
    expect(graph.nodes.map(({ op }: { op: string }) => op)).toEqual([
      'Placeholder',
      'Relu',
      'Identity',
      'Identity',
    ])
    expect(await refusal(inFunctions('ReadFile'), callDescription)).toMatchObject({
      code: 'operation-not-admitted',
      operation: 'ReadFile',
    })
    expect(await refusal(inFunctions('Relu', 'outer'), callDescription)).toMatchObject({
      code: 'saved-model-damaged',
    })
  })
})

const callDescription = { ...description, outputs: [{ name: 'y', channels: 3, stride: 1 }] }

/** A graph that calls `outer`, which calls `inner`, whose one operation is `op`. */
function inFunctions(op: string, innerCalls = 'inner'): Uint8Array {
  const node = (writer: ProtobufWriter, name: string, kind: string, input: string, called?: string) => {
    writer.string(1, name).string(2, kind).string(3, input)
    if (called === undefined) return
    writer.message(5, (entry) =>
      entry.string(1, 'f').message(2, (value) => value.message(10, (list) => list.string(1, called))),
    )
  }
  const body = (
    library: ProtobufWriter,
    name: string,
    write: (node: ProtobufWriter) => void,
    result: string,
  ) =>
    library.message(1, (definition) => {
      definition.message(1, (signature) => {
        signature.string(1, name)
        signature.message(2, (argument) => argument.string(1, 'given'))
        signature.message(3, (argument) => argument.string(1, 'made'))
      })
      definition.message(3, write)
      definition.message(4, (entry) => entry.string(1, 'made').string(2, result))
    })
  const graph = new ProtobufWriter()
  graph.message(1, (writer) => writer.string(1, 'x').string(2, 'Placeholder'))
  graph.message(1, (writer) => node(writer, 'call', 'StatefulPartitionedCall', 'x', 'outer'))
  graph.message(1, (writer) => node(writer, 'inside', 'Identity', 'call'))
  graph.message(1, (writer) => node(writer, 'y', 'Identity', 'inside'))
  graph.message(2, (library) => {
    body(
      library,
      'outer',
      (writer) => node(writer, 'deeper', 'PartitionedCall', 'given', innerCalls),
      'deeper:output:0',
    )
    body(library, 'inner', (writer) => node(writer, 'work', op, 'given'), 'work:activations:0')
  })
  const model = new ProtobufWriter()
  model.integer(1, 1).message(2, (meta) => {
    meta.message(1, (info) => info.string(4, 'serve')).blob(2, graph.bytes())
    meta.message(5, (entry) =>
      entry.string(1, 'serving_default').message(2, (signature) => {
        for (const [field, name] of [
          [1, 'x'],
          [2, 'y'],
        ] as const) {
          signature.message(field, (end) =>
            end
              .string(1, name)
              .message(2, (info) => info.string(1, `${name}:0`).integer(2, DataTypes.float32)),
          )
        }
      }),
    )
  })
  return model.bytes()
}

describeCompiled('a network of a person, in the engine', () => {
  const weightsOf = ({ shape, data }: Weights) => tf.tensor4d(data, shape)

  it('gives features of the photograph as its description prepares it', async () => {
    const said = {
      ...description,
      channelOrder: 'bgr',
      outputs: [...description.outputs, { name: 'early', channels: 4, stride: 2 }],
    }
    const { tensors } = await readTensors(await prepared(smallNetwork(), said))
    const extractor = featureExtractor([], tensors)
    expect([extractor.channels, extractor.stride]).toEqual([10, 4])
    const [width, height] = [30, 22]
    const data = Float32Array.from({ length: width * height * 3 }, (_, i) => Math.sin(i / 5) * 0.9)
    const picture = { data, width, height, channels: 3 }
    const { plain } = extractor.cells(picture)
    expect(extractor.cellsOfEach([picture, picture]).map((of) => of.plain)).toEqual([plain, plain])
    extractor.dispose()
    // Half a cell of repeated pixels at the left and above, and whole cells at the right and below.
    const expected = tf.tidy(() => {
      const x = tf.tensor4d(data, [1, height, width, 3])
      const clamped = (length: number, to: number) =>
        tf.tensor1d(
          Array.from({ length: to }, (_, i) => Math.min(length - 1, Math.max(0, i - 2))),
          'int32',
        )
      const padded = x.gather(clamped(height, 24), 1).gather(clamped(width, 32), 2)
      const values = padded
        .add(1)
        .mul(127.5)
        .reverse(3)
        .sub(tf.tensor1d(said.mean))
        .div(tf.tensor1d(said.scale))
      const early = tf.relu(tf.conv2d(values.as4D(1, 24, 32, 3), weightsOf(filters.early), 2, 'same'))
      const late = tf.relu(tf.conv2d(early.as4D(1, 12, 16, 4), weightsOf(filters.late), 2, 'same'))
      const fitted = tf.image.resizeBilinear(early.as4D(1, 12, 16, 4), [6, 8], false, true)
      return tf.concat([late, fitted], 3).slice([0, 0, 0, 0], [1, plain.rows, plain.columns, 10]).dataSync()
    })
    expect([plain.rows, plain.columns]).toEqual([6, 8])
    for (const [i, value] of expected.entries()) {
      expect(Math.abs(elementAt(plain.data, i, 'Features') - value)).toBeLessThan(1e-4)
    }
  })

  it('is listed with its licence once it was run, and gone when it is removed', async () => {
    const environment = { FANOSCOPE_BACKBONES: join(temporaryFolder(), 'backbones') }
    const adding = { launch: launchStandardEngine, environment }
    expect(await addBackbone(brought(smallNetwork()), adding)).toBe(description.name)
    const [found] = (await listBackbones({ environment })).filter(({ name }) => name === description.name)
    expect(found).toMatchObject({
      title: 'Two convolutions',
      licence: 'MIT',
      origin: description.origin,
      wheel: null,
      weights: { source: 'own' },
    })
    await removeBackbone(description.name, environment)
    expect(await ownBackbone(description.name, environment)).toBeNull()
    await expect(removeBackbone(description.name, environment)).rejects.toMatchObject({
      code: 'backbone-not-own',
    })
    await expect(removeBackbone('../own/two', environment)).rejects.toMatchObject({
      code: 'backbone-not-own',
    })
  })

  it('is added and removed on the command line', async () => {
    const environment = { FANOSCOPE_BACKBONES: join(temporaryFolder(), 'backbones') }
    const { folder, description: file } = brought(smallNetwork())
    const added = await fanoscope(['features', 'add', folder, '--description', file, '--json'], {
      environment,
    })
    expect([added.code, added.document()]).toEqual([0, expect.objectContaining({ name: description.name })])
    const { stdout } = await fanoscope(['features', 'list'], { environment })
    expect(stdout).toContain('Two convolutions\n')
    const removed = await fanoscope(['features', 'remove', description.name, '--json'], { environment })
    expect([removed.code, removed.document()]).toEqual([0, { removed: description.name }])
    const again = await fanoscope(['features', 'remove', description.name, '--json'], { environment })
    expect([again.code, JSON.parse(again.stdout).error.code]).toEqual([1, 'backbone-not-own'])
  })

  it('is not stored where it gives something else than its description says', async () => {
    const environment = { FANOSCOPE_BACKBONES: join(temporaryFolder(), 'backbones') }
    const said = { ...description, outputs: [{ name: 'late', channels: 6, stride: 8 }] }
    const adding = { launch: launchStandardEngine, environment }
    await expect(addBackbone(brought(smallNetwork(), said), adding)).rejects.toMatchObject({
      code: 'backbone-not-as-described',
      params: { output: 'late' },
    })
    expect(existsSync(environment.FANOSCOPE_BACKBONES) && readdirSync(environment.FANOSCOPE_BACKBONES)).toBe(
      false,
    )
  })
})
