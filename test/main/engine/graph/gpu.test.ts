/** The graphs that a GPU gets, run on the processor, which can run them too. */
import { expect, it } from 'vitest'
import { fanoganInputs, fanoganPrograms } from '../../../../bench/steps.ts'
import { isNative, overriding } from '../../../../src/main/engine/binding.ts'
import { compileAll } from '../../../../src/main/engine/graph/compile.ts'
import { provider, tf } from '../../../../src/main/engine/tensorflow.ts'
import { describeCompiled, relativeDifference } from './native.ts'

const shape = { size: 32, channels: 1, width: 8, latent: 16 }
const batch = 8
const names = ['critic', 'generator', 'encoder', 'score'] as const

/** Compiles as on a machine whose TensorFlow library says that it uses a GPU. */
function asOnGpu<T>(make: () => T): T {
  const backend = tf.backend()
  if (!isNative(backend)) throw new Error('the backend is not native')
  const { binding } = backend
  backend.binding = overriding(binding, { isUsingGpuDevice: () => true })
  try {
    return make()
  } finally {
    backend.binding = binding
  }
}

/** What ten steps return and leave, and the operations that they are. */
function tenSteps(name: (typeof names)[number], compiling: <T>(make: () => T) => T) {
  const { gan, encoding, scoring, dispose } = fanoganPrograms(shape, batch)
  const programs = compiling(() => ({
    gan: compileAll(gan, { mode: 'compiled' }),
    encoding: compileAll(encoding, { mode: 'compiled' }),
    scoring: compileAll(scoring, { mode: 'compiled' }),
  }))
  const steps = { ...programs.gan.steps, ...programs.encoding.steps, ...programs.scoring.steps }
  const values: Record<string, Float32Array> = {}
  for (let i = 0; i < 10; i++) {
    for (const [output, value] of Object.entries(steps[name].run(fanoganInputs(shape, batch, i)))) {
      values[`${output} ${i}`] = value
    }
  }
  Object.assign(values, programs.gan.readVariables(), programs.encoding.readVariables())
  const stats = {
    ...programs.gan.stats.steps,
    ...programs.encoding.stats.steps,
    ...programs.scoring.stats.steps,
  }
  for (const program of Object.values(programs)) program.dispose()
  dispose()
  return { values, operations: Object.keys(stats[name]?.operations ?? {}) }
}

describeCompiled('the graphs for a GPU', () => {
  it.each(names)('%s: compute what those for the processor compute, to 1e-5', (name) => {
    const gpu = tenSteps(name, asOnGpu)
    const cpu = tenSteps(name, (make) => make())
    expect(Object.keys(gpu.values)).toEqual(Object.keys(cpu.values))
    for (const [key, value] of Object.entries(cpu.values)) {
      expect(relativeDifference(gpu.values[key] ?? new Float32Array(), value), key).toBeLessThan(1e-5)
    }
  })

  it.runIf(!provider.gpu)('leave the transposed convolution as it is, which a GPU does best', () => {
    expect(tenSteps('generator', asOnGpu).operations).not.toContain('Slice')
    expect(tenSteps('generator', (make) => make()).operations).toContain('Slice')
  })

  it('never take the whole memory of a GPU: TensorFlow reads at its start that it is to take what it needs', () => {
    expect(process.env.TF_FORCE_GPU_ALLOW_GROWTH).toBe('true')
  })
})
