import { expect, it } from 'vitest'
import { isNative } from '../../../../src/main/engine/binding.ts'
import { loadModel } from '../../../../src/main/engine/graph/compiled.ts'
import { DataTypes, identityNode, placeholderNode } from '../../../../src/main/engine/graph/ir.ts'
import { encodeGraph, encodeSavedModel } from '../../../../src/main/engine/graph/saved-model.ts'
import { proveDevice } from '../../../../src/main/engine/tasks/device-proof.ts'
import { provider, tf } from '../../../../src/main/engine/tensorflow.ts'
import { describeCompiled } from '../graph/native.ts'

describeCompiled('the proof of the device', () => {
  it('is a right result from the device that the provider names', () => {
    const proof = proveDevice()
    expect(proof).toMatchObject({ device: provider.gpu ? 'GPU:0' : 'CPU:0', correct: true, failure: null })
    expect(proof.gigaflops).toBeGreaterThan(0)
  })

  it('cannot come from another one: TensorFlow refuses a graph that is pinned to a device it does not have', () => {
    const backend = tf.backend()
    if (!isNative(backend)) throw new Error('the backend is not native')
    const { binding } = backend
    const type = { dtype: DataTypes.float32, shape: [2] }
    const passThrough = (device: string) => {
      const input = { ...placeholderNode('x', type), device }
      const output = { ...identityNode('y', { node: input, output: 0 }, []), device }
      const session = loadModel(binding, encodeSavedModel(encodeGraph([output])))
      const fed = binding.createTensor([2], DataTypes.float32, Float32Array.of(3, 4))
      const results = binding.runSavedModel(session, [fed], 'x', 'y')
      const values = results.map(({ id }) => Array.from(binding.tensorDataSync(id)))
      for (const { id } of results) binding.deleteTensor(id)
      binding.deleteTensor(fed)
      binding.deleteSavedModel(session)
      return values
    }
    expect(passThrough('/device:CPU:0')).toEqual([[3, 4]])
    expect(() => passThrough('/device:GPU:7')).toThrow(/GPU:7/)
  })
})
