import type { StageTools } from './stage.ts'

/**
 * Shows x above its reconstruction, of validation images where there are enough of them.
 * @param one values of one image
 * @param reconstruct from `count` images to as many
 */
export async function previewPairs(
  tools: StageTools,
  { count, one }: { count: number; one: number },
  reconstruct: (x: Float32Array) => Float32Array,
): Promise<void> {
  const validation = await tools.validation()
  const pixels = count * one
  const x = validation.count >= count ? validation.tiles.slice(0, pixels) : await tools.firstTiles(count)
  const sheet = new Float32Array(2 * pixels)
  sheet.set(x)
  sheet.set(reconstruct(x), pixels)
  await tools.preview('reconstructed', sheet, count)
}
