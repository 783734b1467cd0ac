/** Colors a map on the GPU where there is one, else on the CPU. */
import type { Coloring } from './coloring.ts'
import { colorOnCpu } from './cpu.ts'
import type { RawMap } from './raw-map.ts'
import { createGpuColorer, type GpuColorer } from './webgl.ts'

let gpu: GpuColorer | null | undefined

export async function colorMap(map: RawMap, coloring: Coloring): Promise<ImageBitmap> {
  gpu ??= createGpuColorer()
  const picture = gpu?.color(map, coloring) ?? null
  if (picture !== null) return picture
  // If the context was lost, the next map gets a new one.
  gpu = undefined
  return createImageBitmap(new ImageData(colorOnCpu(map, coloring), map.width, map.height))
}
