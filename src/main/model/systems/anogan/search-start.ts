import { createRandom } from '../../../platform/random.ts'

/** The z that the search of AnoGAN starts at, for every tile of every run: a normal deviate for each dimension. */
export const searchStart = (latent: number): Float32Array =>
  createRandom(0, 'search').fillNormal(new Float32Array(latent))
