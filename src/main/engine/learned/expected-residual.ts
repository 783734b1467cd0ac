/**
 * The residual that is expected at a place on good parts, learned from training tiles and kept in the model file; see
 * `residual-ratios.ts` for what is computed with it.
 */
import type { LearningParameters } from '../../model/parameters.ts'
import type { TensorMap } from '../../model/safetensors.ts'
import { relativeComponent } from '../../model/scores.ts'
import type { Learnable, Learned } from './learnable.ts'
import {
  type ExpectedResiduals,
  expectationOf,
  largestRatio,
  pooledResidual,
  ResidualExpectation,
  ratioMap,
} from './residual-ratios.ts'

const names = { codes: 'expected/codes', maps: 'expected/maps', usual: 'expected/usual' } as const

/** As tensors of a model file. */
export function expectationTensors({ codes, maps, usual, latent }: ExpectedResiduals): TensorMap {
  const tiles = codes.length / latent
  return {
    [names.codes]: { shape: [tiles, latent], data: codes },
    [names.maps]: { shape: [tiles, maps.length / tiles], data: maps },
    [names.usual]: { shape: [usual.length], data: usual },
  }
}

/** Reads the expectation from the tensors of a model file; null where it has none. */
export function expectationOfModel(tensors: TensorMap): ExpectedResiduals | null {
  const [codes, maps, usual] = [names.codes, names.maps, names.usual].map((name) => tensors[name])
  const latent = codes?.shape[1]
  if (!codes || !maps || !usual || latent === undefined) return null
  return { latent, codes: codes.data, maps: maps.data, usual: usual.data }
}

const learned = (expected: ExpectedResiduals, { map, scales }: LearningParameters): Learned => ({
  tensors: expectationTensors(expected),
  asks: { codes: true },
  ofTile(size) {
    const expectation = new ResidualExpectation(expected)
    return ({ map: residual, code }) => {
      if (code === null) throw new TypeError('a residual is expected by the code of its tile')
      const ratios = expectation.ratios(pooledResidual(residual, size), code, scales)
      return {
        value: largestRatio(ratios),
        map: map === relativeComponent ? ratioMap(ratios, size) : null,
      }
    }
  },
})

function together(rows: readonly Float32Array[]): Float32Array {
  const width = rows[0]?.length ?? 0
  const all = new Float32Array(rows.length * width)
  for (const [i, values] of rows.entries()) all.set(values, i * width)
  return all
}

export const expectedResidual: Learnable = {
  name: relativeComponent,
  learning: {
    from: 'tiles',
    asks: { codes: true },
    gather(parameters) {
      const codes: Float32Array[] = []
      const maps: Float32Array[] = []
      return {
        add({ size, map, code }) {
          if (code === null) throw new TypeError('codes were not asked for')
          codes.push(code)
          maps.push(pooledResidual(map, size))
        },
        finish() {
          const [first] = codes
          if (first === undefined) return null
          return learned(expectationOf(together(codes), together(maps), first.length), parameters)
        },
      }
    },
  },
  ofModel(tensors, parameters) {
    const expected = expectationOfModel(tensors)
    return expected && learned(expected, parameters)
  },
}
