/**
 * Compiles tfjs functions to TensorFlow graphs. In tfjs on Node each operation is a call of its own, with
 * results that JavaScript must track; a compiled step is one call, whatever is in it, and TensorFlow
 * optimizes it as a whole.
 *
 * A program is a set of tfjs variables and of steps, plain functions of tensors that may take gradients of
 * any order and assign the variables:
 *
 *     const w = tf.variable(tf.zeros([4, 1]))
 *     const optimizer = adam({ w })
 *     const program = compileAll({
 *       variables: { w, ...optimizer.slots },
 *       steps: {
 *         train: defineStep({
 *           inputs: { x: { shape: [64, 4] }, y: { shape: [64, 1] }, rate: { shape: [] } },
 *           step: ({ x, y, rate }) => {
 *             const loss = () => tf.losses.meanSquaredError(y, tf.matMul(x, w)).asScalar()
 *             const { value, grads } = tf.variableGrads(loss, [w])
 *             optimizer.apply({ w: grads[w.name] }, rate)
 *             return { loss: value }
 *           },
 *         }),
 *         predict: defineStep({ inputs: { x: { shape: [1, 4] } }, step: ({ x }) => ({ y: tf.matMul(x, w) }) }),
 *       },
 *     })
 *     const { loss } = program.steps.train.run({ x: images, y: labels, rate: 1e-3 })
 *     const checkpoint = program.readVariables()
 *
 * Compiling runs each step twice on made-up inputs, to record it and to see that it does the same on each
 * call; the tfjs variables keep their values. After that the program holds the variables itself: the tfjs
 * variables stay as they were until `pullVariables()`.
 *
 * What can be compiled: every operation of tfjs-node on tensors of fixed shape. What cannot, and fails with
 * a message that names the operation: reading a tensor inside the step (`dataSync`), drawing random numbers
 * inside, shapes that depend on values. Those steps still run in the mode `eager`.
 *
 * Two ways to speed: `optimizers.ts` updates each weight by one operation, and a variable that is left out
 * of `variables` becomes a constant, which lets TensorFlow compute in advance what depends on it alone.
 */

import { Failure } from '../../../shared/failure.ts'
import { inside } from '../../../shared/messages/message.ts'
import { isNative } from '../binding.ts'
import { provider, tf } from '../tensorflow.ts'
import { compiledProgram } from './compiled.ts'
import { eagerProgram } from './eager.ts'
import type { CompileOptions, Program, ProgramDefinition, Step, StepDefinition, Steps } from './program.ts'

export type {
  CompileOptions,
  InputSignature,
  InputValue,
  Precision,
  Program,
  ProgramDefinition,
  Step,
  StepDefinition,
} from './program.ts'
export { anySide, defineStep } from './program.ts'

let preferred: CompileOptions = {}

/** Calls `make`. Steps that are compiled in it get these options, unless they set their own. */
export function compilingWith<T>(options: CompileOptions, make: () => T): T {
  const before = preferred
  preferred = { ...before, ...options }
  try {
    return make()
  } finally {
    preferred = before
  }
}

/** Compiles steps that share variables. Throws a Failure `graph-uncompilable` only in the mode `compiled`. */
export function compileAll<const D extends Record<string, StepDefinition>>(
  definition: ProgramDefinition<D>,
  options: CompileOptions = {},
): Program<D> {
  const { mode = 'auto', precision = 'float32', cache = null } = { ...preferred, ...options }
  const assemble = (steps: Record<string, Step>): Steps<D> => {
    if (hasSteps(definition.steps, steps)) return steps
    throw new Error('A step was lost.')
  }
  if (mode === 'eager') return eagerProgram(definition, assemble, null)
  const backend = tf.backend()
  try {
    if (isNative(backend)) return compiledProgram(backend, definition, assemble, { precision, cache })
    throw new Failure('graph-uncompilable', {
      case: 'no-tensorflow',
      reason: inside('reason', provider.why),
    })
  } catch (error) {
    const fallback = mode === 'auto' && error instanceof Failure && error.code === 'graph-uncompilable'
    if (!fallback) throw error
    return eagerProgram(definition, assemble, error.message)
  }
}

/** A program of one step, itself called as a step is. */
export type CompiledStep<I extends string, O extends string> = Step<I, O> &
  Omit<Program<{ step: StepDefinition<I, O> }>, 'steps'>

/** Compiles one step with variables of its own; `compileAll` for several that share them. */
export function compile<I extends string, O extends string>(
  definition: StepDefinition<I, O> & Pick<ProgramDefinition<Record<string, StepDefinition>>, 'variables'>,
  options: CompileOptions = {},
): CompiledStep<I, O> {
  const { variables, ...step } = definition
  const { steps, ...program } = compileAll<{ step: StepDefinition<I, O> }>(
    { variables, steps: { step } },
    options,
  )
  const only: Step<I, O> = steps.step
  return { ...program, ...only }
}

function hasSteps<D extends Record<string, StepDefinition>>(
  definitions: D,
  steps: Record<string, Step>,
): steps is Record<string, Step> & Steps<D> {
  return Object.keys(definitions).every((name) => name in steps)
}
