import type { Pixels } from '../data/geometry.ts'
import type { FeatureImage } from '../data/image-cache.ts'
import type { LoadedImage } from '../data/load-image.ts'
import { cellsInside } from './distance-map.ts'
import type { Sight } from './tile-scorer.ts'

/** A photograph as the backbone sees it, and which of its pixels count. */
export type Viewed = { forFeatures: Pixels } & Pick<LoadedImage, 'insideAt'>

/** @throws TypeError where the photograph was loaded without a backbone */
export function viewed({ forFeatures, insideAt }: LoadedImage): Viewed {
  if (forFeatures === null) throw new TypeError('features need a backbone')
  return { forFeatures, insideAt }
}

/** The features of a photograph, which windows are cut from, and which of its cells count. */
export function featureImageOf(
  { featuresOf, stride }: Pick<Sight, 'featuresOf' | 'stride'>,
  { forFeatures, insideAt }: Viewed,
): FeatureImage {
  const features = featuresOf(forFeatures)
  const inside = insideAt(forFeatures.width, forFeatures.height)
  const cells = { rows: features.height, columns: features.width }
  return { ...features, inside: inside && cellsInside(cells, forFeatures, inside, stride) }
}
