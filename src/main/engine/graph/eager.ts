/** A program whose steps run through tfjs, operation by operation: on any backend, and to compare with. */

import { type Tensor, tf } from '../tensorflow.ts'
import { checkedInput } from './inputs.ts'
import type { InputValue, Program, ProgramDefinition, Step, StepDefinition } from './program.ts'
import { checkValues, checkVariables } from './variables.ts'

export function eagerProgram<D extends Record<string, StepDefinition>>(
  definition: ProgramDefinition<D>,
  assemble: (steps: Record<string, Step>) => Program<D>['steps'],
  notice: string | null,
): Program<D> {
  checkVariables(definition.variables)
  const steps: Record<string, Step> = {}
  for (const [name, step] of Object.entries(definition.steps)) steps[name] = eagerStep(name, step)

  return {
    mode: 'eager',
    notice,
    steps: assemble(steps),
    stats: { milliseconds: { record: 0, optimize: 0, write: 0, load: 0, total: 0 }, bytes: 0, steps: {} },
    readVariables() {
      const values: Record<string, Float32Array> = {}
      for (const [key, variable] of Object.entries(definition.variables)) {
        values[key] = variable.dataSync<'float32'>().slice()
      }
      return values
    },
    writeVariables(values) {
      checkValues(definition.variables, values)
      for (const [key, variable] of Object.entries(definition.variables)) {
        const array = values[key]
        if (array !== undefined) tf.tidy(() => variable.assign(tf.tensor(array.slice(), variable.shape)))
      }
    },
    pullVariables() {},
    dispose() {},
  }
}

function eagerStep(name: string, definition: StepDefinition): Step {
  return {
    name,
    inputs: definition.inputs,
    run(values: Readonly<Record<string, InputValue>>) {
      return tf.tidy(() => {
        const tensors: Record<string, Tensor> = {}
        for (const [input, signature] of Object.entries(definition.inputs)) {
          const value = checkedInput(name, input, signature, values[input])
          tensors[input] =
            value instanceof tf.Tensor
              ? value
              : tf.tensor(value, [...signature.shape], signature.dtype ?? 'float32')
        }
        const outputs: Record<string, Float32Array> = {}
        for (const [output, tensor] of Object.entries(definition.step(tensors))) {
          outputs[output] = tensor.dataSync<'float32'>()
        }
        return outputs
      })
    },
  }
}
