/** A system's scorer together with all that was learned besides its networks. */
import { elementAt } from '../../../shared/element-at.ts'
import type { LearningParameters } from '../../model/parameters.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import { type LearnedComponent, storedNames } from '../../model/scores.ts'
import { countingInside } from '../scoring/counting-inside.ts'
import {
  nothingElse,
  type PhotographMeasure,
  type ScorerRequest,
  type TileScorer,
} from '../scoring/tile-scorer.ts'
import { type GraphOutputs, isLearned, type Learned, type TileMeasure } from './learnable.ts'
import { learnables } from './registry.ts'

/** What a model has learned besides its networks, by the component that it adds. */
export type LearnedByName = ReadonlyMap<LearnedComponent, Learned>

/** What a stored model has learned, as far as its configuration uses it. */
export function learnedOfModel(tensors: TensorMap, parameters: LearningParameters | null): LearnedByName {
  const learned = new Map<LearnedComponent, Learned>()
  for (const learnable of learnables) {
    if (parameters === null || !isLearned(learnable, parameters)) continue
    const found = learnable.ofModel(tensors, parameters)
    if (found) learned.set(learnable.name, found)
  }
  return learned
}

/** All of it, as the model file holds it. */
export const learnedTensors = (learned: LearnedByName): TensorMap =>
  Object.fromEntries([...learned.values()].flatMap(({ tensors }) => Object.entries(tensors)))

/** What was learned of few photographs says about each of them, without it: values of components, by their names. */
export function heldOutOf(learned: LearnedByName): Readonly<Record<string, number>>[] {
  const found = new Map<number, Record<string, number>>()
  for (const [name, { heldOut = [] }] of learned) {
    for (const { photograph, values } of heldOut) {
      const components = found.get(photograph) ?? {}
      for (const [at, of] of storedNames(name).entries()) components[of] = elementAt(values, at, 'Components')
      found.set(photograph, components)
    }
  }
  return [...found.values()]
}

/** The request that joins what each of several needs of the graph. */
export const joined = (asked: readonly GraphOutputs[]): ScorerRequest => ({
  ...nothingElse,
  codes: asked.some(({ codes }) => codes),
  early: asked.some(({ early }) => early),
})

/** What a system's graph has to give for a scorer with all of it. */
export const requestOf = (learned: LearnedByName): ScorerRequest => ({
  ...joined([...learned.values()].map(({ asks }) => asks ?? {})),
  components: [...learned].flatMap(([name, { inGraph }]) => (inGraph ? [{ name, compute: inGraph }] : [])),
})

/** The scorer with all of it, its graph being made for `requestOf` the same. */
export function withLearned(scorer: TileScorer, learned: LearnedByName): TileScorer {
  let whole = countingInside(scorer)
  for (const [name, { ofTile }] of learned) {
    if (ofTile) whole = withTileMeasure(whole, name, ofTile(scorer.size))
  }
  // Behind all that is measured for each tile.
  for (const [name, { ofPhotograph }] of learned) {
    if (ofPhotograph) whole = withPhotographMeasure(whole, storedNames(name), ofPhotograph())
  }
  return whole
}

/** The scorer with a component of each tile behind its own. */
function withTileMeasure(scorer: TileScorer, name: string, measure: TileMeasure): TileScorer {
  const { size, batch, componentNames } = scorer
  const pixels = size * size
  const width = componentNames.length
  return {
    ...scorer,
    componentNames: [...componentNames, name],
    graph: scorer.graph ?? scorer,
    score(tiles, inside) {
      const { components, pictures } = scorer.score(tiles, inside)
      if (pictures === null) throw new TypeError(`the component "${name}" is measured on a restoration`)
      const { codes } = pictures
      const latent = (codes?.length ?? 0) / batch
      const table = new Float32Array(batch * (width + 1))
      let drawn: Float32Array | null = null
      for (let tile = 0; tile < batch; tile++) {
        const { value, map } = measure({
          map: pictures.map.subarray(tile * pixels, (tile + 1) * pixels),
          code: codes?.subarray(tile * latent, (tile + 1) * latent) ?? null,
        })
        table.set(components.subarray(tile * width, (tile + 1) * width), tile * (width + 1))
        table[tile * (width + 1) + width] = value
        if (map === null) continue
        drawn ??= new Float32Array(pictures.map.length)
        drawn.set(map, tile * pixels)
      }
      return { components: table, pictures: drawn ? { ...pictures, map: drawn } : pictures }
    },
  }
}

/** The scorer with components of the whole photograph behind its own; it frees what they are compared with. */
function withPhotographMeasure(
  scorer: TileScorer,
  names: readonly string[],
  measure: PhotographMeasure,
): TileScorer {
  return {
    ...scorer,
    componentNames: [...scorer.componentNames, ...names],
    ofPhotograph: [...(scorer.ofPhotograph ?? []), { ...measure, names }],
    dispose() {
      scorer.dispose()
      measure.dispose()
    },
  }
}
