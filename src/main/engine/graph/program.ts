/**
 * What a program is: some variables and the named steps that read and write them. A program runs either as
 * TensorFlow graphs, one call a step, or eagerly through tfjs; both kinds look the same from outside.
 */

import type { Tensor, Variable } from '../tensorflow.ts'
import type { ProgramCache } from './program-cache.ts'

/** A side of an input that may differ from call to call, as TensorFlow writes it. */
export const anySide = -1

/**
 * Shape and type of one input of a step. Shapes are fixed, so a batch of another size is another step, except for
 * sides that are `anySide`. A step with such a side may not use its length in any other way than TensorFlow's
 * operations do; compiling notices that. Values for it are given as a tensor.
 */
export interface InputSignature {
  readonly shape: readonly number[]
  /** Default `float32`. */
  readonly dtype?: 'float32' | 'int32' | 'bool'
}

/**
 * A step: a function of tensors that may also assign variables of its program.
 *
 * It must be pure but for those assignments: same operations on every call, no tensor read back
 * (`dataSync`, `data`), no randomness drawn inside. Random numbers, learning rates and everything else that
 * changes from call to call are inputs. Outputs are float32.
 */
export interface StepDefinition<I extends string = string, O extends string = string> {
  readonly inputs: Readonly<Record<I, InputSignature>>
  step(inputs: Record<I, Tensor>): Record<O, Tensor>
}

/** Gives a step definition its exact types, so that inputs and outputs are checked by name. */
export function defineStep<I extends string, O extends string>(
  definition: StepDefinition<I, O>,
): StepDefinition<I, O> {
  return definition
}

export interface ProgramDefinition<D extends Record<string, StepDefinition>> {
  /**
   * Every variable that a step assigns, and every one that is read and may change later: weights, moving
   * averages, optimizer slots. The keys name them in checkpoints. A variable that a step reads and that is
   * not listed is frozen: its value at compile time becomes a constant of the graph.
   */
  readonly variables: Readonly<Record<string, Variable>>
  readonly steps: D
}

/** A number for an input of shape [], or values in row-major order, or a tensor of exactly that shape. */
export type InputValue = number | Float32Array | Int32Array | Uint8Array | Tensor

/** One step, ready to run. */
export interface Step<I extends string = string, O extends string = string> {
  readonly name: string
  readonly inputs: Readonly<Record<I, InputSignature>>
  /**
   * Runs once: reads inputs and variables, returns the outputs in row-major order, updates the variables.
   * Throws a Failure `graph-input` when a value does not fit its input's signature.
   */
  run(inputs: Readonly<Record<I, InputValue>>): Record<O, Float32Array>
}

export type Steps<D> = {
  readonly [K in keyof D]: D[K] extends StepDefinition<infer I, infer O> ? Step<I, O> : never
}

/** What compiling cost and gave; zeros for an eager program. */
export interface ProgramStats {
  /** Milliseconds to record, optimize, write and load. */
  readonly milliseconds: { record: number; optimize: number; write: number; load: number; total: number }
  /** Bytes of the graph as loaded. */
  readonly bytes: number
  readonly steps: Readonly<Record<string, StepStats>>
}

/** What is left of a step. */
export interface StepStats {
  /** Operations that tfjs executed when the step was recorded. */
  readonly recorded: number
  /** How many of each operation are in the graph. */
  readonly operations: Readonly<Record<string, number>>
  /** Floating point operations of the step's convolutions and matrix products. */
  readonly flops: number
}

export interface Program<D extends Record<string, StepDefinition> = Record<string, StepDefinition>> {
  readonly mode: 'compiled' | 'eager'
  /** Why it runs eagerly although it was to be compiled if possible; null otherwise. */
  readonly notice: string | null
  readonly steps: Steps<D>
  readonly stats: ProgramStats
  /** A copy of all variables, by their key, in row-major order. */
  readVariables(): Record<string, Float32Array>
  /** Sets the named variables, the others stay. Throws a Failure `graph-variable` on a wrong name or size. */
  writeVariables(values: Readonly<Record<string, Float32Array>>): void
  /** Copies the current values into the tfjs variables that the program was made from. */
  pullVariables(): void
  /** Frees the session. The tfjs variables stay their owner's. */
  dispose(): void
}

/**
 * What convolutions and matrix products read; they sum in float32 in any case. Everything else is float32. `rounded`
 * is float32 rounded to bfloat16 before and after: the numbers of `bfloat16` on a processor that has none.
 */
export type Precision = 'float32' | 'bfloat16' | 'rounded'

export interface CompileOptions {
  /**
   * `auto` (default) compiles and falls back to eager where that cannot be, saying why in `notice`;
   * `compiled` throws instead; `eager` does not try.
   */
  readonly mode?: 'auto' | 'compiled' | 'eager'
  /** Default `float32`. The others are for graphs on the processor only: eagerly and on a GPU all is float32. */
  readonly precision?: Precision
  /** Where compiled programs are kept; default none. Who gives it answers for what the steps depend on. */
  readonly cache?: ProgramCache | null
}
