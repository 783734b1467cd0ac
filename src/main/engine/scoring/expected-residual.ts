/** What residuals are expected of good parts, as a model file keeps it. */
import type { TensorMap } from '../training/safetensors.ts'
import type { ExpectedResiduals } from './residual-ratios.ts'

/** Training tiles that are looked at, at most. */
export const expectedTiles = 2_048

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

/** From the tensors of a model file; null where it has none. */
export function expectationOfModel(tensors: TensorMap): ExpectedResiduals | null {
  const [codes, maps, usual] = [names.codes, names.maps, names.usual].map((name) => tensors[name])
  const latent = codes?.shape[1]
  if (!codes || !maps || !usual || latent === undefined) return null
  return { latent, codes: codes.data, maps: maps.data, usual: usual.data }
}
