/** What a model can learn from good parts besides its networks: one line each, by the component that it adds. */
import { type LearnedComponent, learnedComponents } from '../../model/scores.ts'
import { expectedResidual } from './expected-residual.ts'
import { whitenedFeatures } from './feature-whitening.ts'
import type { Learnable } from './learnable.ts'
import { normalTexture } from './normal-texture.ts'
import { photographMemory } from './photograph-memory.ts'

const byComponent: Readonly<Record<LearnedComponent, Learnable>> = {
  whitened: whitenedFeatures,
  relative: expectedResidual,
  texture: normalTexture,
  memory: photographMemory,
}

/** In the order in which their components are stored. */
export const learnables: readonly Learnable[] = learnedComponents.map((name) => byComponent[name])
