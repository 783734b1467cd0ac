import { createRandom, type Random } from '../../platform/random.ts'
import { type Tensor, tf, type Variable } from '../tensorflow.ts'

/** How a weight starts. */
export type Initializer = { kind: 'normal'; deviation: number } | { kind: 'constant'; value: number }

export const constant = (value: number): Initializer => ({ kind: 'constant', value })

/** N(0, deviation^2); DCGAN uses 0.02 for layers before batch norm (Radford et al. 2016, section 4). */
export const normal = (deviation: number): Initializer => ({ kind: 'normal', deviation })

/** He et al. 2015, equation 14, for a leaky ReLU of the given slope: N(0, 2 / ((1 + slope^2) fanIn)). */
export const heNormal = (fanIn: number, slope: number): Initializer =>
  normal(Math.sqrt(2 / ((1 + slope * slope) * fanIn)))

/**
 * Random numbers for weights that are overwritten by stored ones right away: drawing millions of them would take up
 * to a second.
 */
export const nothingDrawn: Random = { ...createRandom(0), normal: () => 0, fork: () => nothingDrawn }

/**
 * The weights of one network by name. A network function asks for each weight where it uses it; the first
 * pass over the function (`build`) creates them in that order, so that shapes are written once and the
 * same random numbers always give the same start.
 */
export interface Weights {
  readonly variables: Readonly<Record<string, Variable>>
  get(name: string, shape: number[], initializer: Initializer): Tensor
}

/** Empty weights that create each variable when it is first asked for, as `<scope>/<name>`. */
export function createWeights(scope: string, random: Random): Weights {
  const variables: Record<string, Variable> = {}
  return {
    variables,
    get(name, shape, initializer) {
      const key = `${scope}/${name}`
      const existing = variables[key]
      if (existing) return existing
      const values = new Float32Array(shape.reduce((product, side) => product * side, 1))
      if (initializer.kind === 'constant') values.fill(initializer.value)
      else for (let i = 0; i < values.length; i++) values[i] = random.normal() * initializer.deviation
      const start = tf.tensor(values, shape)
      const created = tf.keep(tf.variable(start, true, undefined))
      start.dispose()
      variables[key] = created
      return created
    },
  }
}

/** The variables of weights that a gradient step changes: all but the measured statistics of batch norm. */
export function trainable(weights: Weights): Record<string, Variable> {
  return Object.fromEntries(Object.entries(weights.variables).filter(([name]) => !isStatistic(name)))
}

const statistic = /\/(mean|variance)$/

/** Whether a weight's name is that of a measured batch norm statistic. */
export const isStatistic = (name: string): boolean => statistic.test(name)
