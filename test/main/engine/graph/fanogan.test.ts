import { expect, it } from 'vitest'
import { fanoganInputs, fanoganSteps } from '../../../../bench/steps.ts'
import { compileAll } from '../../../../src/main/engine/graph/compile.ts'
import { describeCompiled, relativeDifference } from './native.ts'

const shape = { size: 32, channels: 1, width: 8, latent: 16 }
const batch = 8
const names = ['critic', 'generator', 'encoder', 'score'] as const

function makeProgram(mode: 'compiled' | 'eager') {
  const { networks, slots, steps, dispose } = fanoganSteps(shape, batch)
  const program = compileAll({ variables: { ...networks, ...slots }, steps }, { mode })
  return { program, weights: Object.keys(networks), dispose }
}

/** What 20 steps return, one step after the other, and the weights that they leave. */
function twentySteps(mode: 'compiled' | 'eager', name: (typeof names)[number]) {
  const { program, weights, dispose } = makeProgram(mode)
  const outputs: Record<string, number[]> = {}
  for (let i = 0; i < 20; i++) {
    for (const [output, values] of Object.entries(program.steps[name].run(fanoganInputs(shape, batch, i)))) {
      outputs[output] = [...(outputs[output] ?? []), ...values]
    }
  }
  const variables = program.readVariables()
  program.dispose()
  dispose()
  return { outputs, weights, variables }
}

describeCompiled('the steps of f-AnoGAN, compiled', () => {
  it.each(names)('%s: equal eager ones over 20 steps to 1e-5', (name) => {
    const [compiled, eager] = [twentySteps('compiled', name), twentySteps('eager', name)]
    expect(Object.keys(compiled.outputs)).toEqual(Object.keys(eager.outputs))
    for (const [output, values] of Object.entries(eager.outputs)) {
      const ours = Float32Array.from(compiled.outputs[output] ?? [])
      expect(relativeDifference(ours, Float32Array.from(values)), output).toBeLessThan(1e-5)
    }
    for (const key of eager.weights) {
      const values = eager.variables[key] ?? new Float32Array()
      expect(relativeDifference(compiled.variables[key] ?? new Float32Array(), values), key).toBeLessThan(
        1e-5,
      )
    }
  })

  it('train in turn on the same weights', () => {
    const [compiled, eager] = [makeProgram('compiled'), makeProgram('eager')]
    const losses = [compiled, eager].map(({ program: { steps } }) => {
      const all: number[] = []
      for (let i = 0; i < 5; i++) {
        const inputs = fanoganInputs(shape, batch, i)
        all.push(...steps.critic.run(inputs).loss, ...steps.generator.run(inputs).loss)
        all.push(...steps.encoder.run(inputs).loss, ...steps.score.run(inputs).izi)
      }
      return Float32Array.from(all)
    })
    const [ours = new Float32Array(), theirs = new Float32Array()] = losses
    expect(relativeDifference(ours, theirs)).toBeLessThan(1e-5)
    for (const { program, dispose } of [compiled, eager]) {
      program.dispose()
      dispose()
    }
  })

  it('repeat bit for bit', () => {
    const [first, second] = [twentySteps('compiled', 'critic'), twentySteps('compiled', 'critic')]
    expect(first).toEqual(second)
  })
})
