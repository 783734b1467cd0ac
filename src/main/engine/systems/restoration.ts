/** The results of scoring tiles where a system restores images: components, pictures, and what else is asked for. */
import type { ScorerRequest, TileScorer } from '../scoring/tile-scorer.ts'
import { type Tensor, tf } from '../tensorflow.ts'

export interface Restoration<Name extends string> {
  /** Component names of each tile, in the order in which they are stored. */
  names: readonly Name[]
  components: Record<Name, Tensor>
  /** |x - y| [N, H, W] and y. */
  map: Tensor
  reconstruction: Tensor
  code: Tensor
  /** Features of x and of y after the critic's second halving. */
  early: { x: Tensor; y: Tensor }
}

/** Outputs of the step that scores. */
export function restorationOutputs<Name extends string>(
  { names, components, map, reconstruction, code, early }: Restoration<Name>,
  request: ScorerRequest,
): Record<string, Tensor> {
  const columns: Tensor[] = names.map((name) => components[name])
  for (const component of request.components) columns.push(component.compute(early.x, early.y))
  return {
    components: tf.stack(columns, 1),
    map,
    reconstruction,
    ...(request.codes ? { codes: code } : {}),
    ...(request.early ? { early: tf.sub(early.x, early.y) } : {}),
  }
}

/** Names of the components that these outputs have. */
export const componentsFor = (names: readonly string[], { components }: ScorerRequest): string[] => [
  ...names,
  ...components.map(({ name }) => name),
]

/** Turns the outputs of that step into the answer of a scorer. */
export function restorationAnswer(
  outputs: Readonly<Record<string, Float32Array>>,
): ReturnType<TileScorer['score']> {
  const { components, map, reconstruction, codes, early } = outputs
  if (!components || !map || !reconstruction) throw new TypeError('a restoration has a map and a picture')
  return {
    components,
    pictures: { map, reconstruction, ...(codes && { codes }), ...(early && { early }) },
  }
}
