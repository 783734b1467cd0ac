/**
 * Addresses of pixels below the host's asset base.
 *
 * - `original`: the photograph upright, as 8-bit PNG, WebP or JPEG that a browser shows.
 * - `thumbnail`: at most 256 pixels on its longer side.
 * - `mask`: ground truth, 8-bit PNG.
 * - `reconstruction`: G(E(x)), 8-bit PNG.
 * - `map`: the anomaly map as raw values: uint32 width, uint32 height, float32 scale, uint32 zero, then
 *   width*height uint16, all little-endian; value = v / 65535 * scale.
 * - `preview`: a picture made while a run trains.
 */
export const assetPath = {
  original: (image: number) => `original/${image}`,
  thumbnail: (image: number) => `thumbnail/${image}`,
  mask: (image: number) => `mask/${image}`,
  reconstruction: (run: string, image: number) => `reconstruction/${run}/${image}`,
  map: (run: string, image: number) => `map/${run}/${image}`,
  preview: (run: string, name: string, step: number) => `preview/${run}/${name}/${step}`,
} as const
