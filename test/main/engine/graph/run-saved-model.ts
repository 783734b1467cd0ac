/** Runs the graphs of a SavedModel by its signatures, from its bytes, as other programs do. */
import { isNative } from '../../../../src/main/engine/binding.ts'
import { loadModel } from '../../../../src/main/engine/graph/compiled.ts'
import { DataTypes } from '../../../../src/main/engine/graph/ir.ts'
import { tf } from '../../../../src/main/engine/tensorflow.ts'
import { readGraph } from '../../../../src/main/features/backbones/saved-model.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'

export interface Values {
  shape: readonly number[]
  data: Float32Array
}

/** The outputs of one signature by their names. */
export function runSavedModel(
  bytes: Uint8Array,
  signature: string,
  given: Readonly<Record<string, Values>>,
): Record<string, Values> {
  const backend = tf.backend()
  if (!isNative(backend)) throw new Error('there is no TensorFlow')
  const { binding } = backend
  const called = readGraph(bytes).signatures.get(signature)
  if (called === undefined) throw new Error(`there is no signature ${signature}`)
  const nodeOf = ({ tensor }: { tensor: string }): string => tensor.split(':')[0] ?? ''
  const session = loadModel(binding, bytes)
  const ids = [...called.inputs.keys()].map((name) => {
    const values = given[name]
    if (values === undefined) throw new Error(`${signature} needs ${name}`)
    return binding.createTensor([...values.shape], DataTypes.float32, values.data)
  })
  const results = binding.runSavedModel(
    session,
    ids,
    [...called.inputs.values()].map(nodeOf).join(),
    [...called.outputs.values()].map(nodeOf).join(),
  )
  const outputs = Object.fromEntries(
    [...called.outputs.keys()].map((name, at): [string, Values] => {
      const { id, shape } = elementAt(results, at, 'Outputs')
      return [name, { shape, data: Float32Array.from(binding.tensorDataSync(id)) }]
    }),
  )
  for (const id of [...ids, ...results.map((result) => result.id)]) binding.deleteTensor(id)
  binding.deleteSavedModel(session)
  return outputs
}
