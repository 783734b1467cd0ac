/** The texture of good photographs and of their residuals, and how far a photograph is from it. */
import type { LearningParameters } from '../../model/parameters.ts'
import { memoryComponent, textureComponent } from '../../model/scores.ts'
import { cellsInside, distanceMap, farthest, onlyInside } from '../scoring/distance-map.ts'
import type { Learnable, Learned } from './learnable.ts'
import { texturesOf } from './local-texture.ts'
import {
  NearestNormal,
  type NormalTextures,
  TextureGathering,
  texturesOfModel,
  textureTensors,
} from './nearest-normal.ts'

/** The maps that it draws, or helps to draw: features of a backbone are coarser, and miss pinholes. */
const draws: ReadonlySet<string> = new Set([textureComponent, memoryComponent])

const learned = (textures: NormalTextures, { map }: LearningParameters): Learned => ({
  tensors: textureTensors(textures),
  ofPhotograph() {
    const nearest = new NearestNormal(textures)
    return {
      measure({ photograph, reconstruction, inside }) {
        const restored = textures.residual === null ? null : reconstruction
        const all = nearest.distances(texturesOf(photograph, restored))
        const distances = onlyInside(all, photograph, inside)
        return {
          values: [farthest(distances)],
          map: draws.has(map) ? (width, height) => distanceMap(distances, width, height) : null,
        }
      },
      dispose: () => nearest.dispose(),
    }
  },
})

export const normalTexture: Learnable = {
  name: textureComponent,
  learning: {
    from: 'photographs',
    most: 512,
    gather(photographs, random, parameters) {
      const gathering = new TextureGathering(photographs, random)
      return {
        add({ photograph, reconstruction, inside }, number) {
          const textures = texturesOf(photograph, reconstruction)
          gathering.add(textures, inside && cellsInside(textures.photograph, photograph, inside), number)
        },
        finish() {
          const { heldOut, ...textures } = gathering.finish()
          return { ...learned(textures, parameters), heldOut }
        },
      }
    },
  },
  ofModel(tensors, parameters) {
    const textures = texturesOfModel(tensors)
    return textures && learned(textures, parameters)
  },
}
