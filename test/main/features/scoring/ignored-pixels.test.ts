/** What is drawn as to be ignored counts neither as defect nor as good in the figures of pixels. */
import { writeFileSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { saveAnnotation } from '../../../../src/main/features/label/annotate.ts'
import { evaluateRun } from '../../../../src/main/features/scoring/evaluation.ts'
import { writeAnomalyMap } from '../../../../src/main/images/anomaly-map.ts'
import { ignoredType, type Shape } from '../../../../src/shared/label.ts'
import { part, scoredRun } from '../thresholds/scored-run.ts'

const side = 16
const box = (defectType: string, x: number, y: number): Shape => ({
  kind: 'rectangle',
  defectType,
  x,
  y,
  width: 4,
  height: 4,
})
const within = (i: number, { x, y }: { x: number; y: number }): boolean =>
  i % side >= x && i % side < x + 4 && Math.floor(i / side) >= y && Math.floor(i / side) < y + 4

/** Hot at the defect, and as hot where nothing is: on the bad part and on the good one. */
const defect = { x: 2, y: 2 }
const stray = { x: 10, y: 10 }

it('a hot place that is to be ignored no longer counts against a model, on bad parts and on good ones', async () => {
  const { workspace, run, images } = scoredRun([
    part('test', 'anomalous', 0.9, 'dent'),
    part('test', 'normal', 0.1),
  ])
  onTestFinished(() => workspace.close())
  const [bad, good] = images
  if (bad === undefined || good === undefined) throw new RangeError('two images')
  for (const image of images) {
    const values = Float32Array.from({ length: side * side }, (_, i) =>
      within(i, stray) || (image === bad && within(i, defect)) ? 1 : 0.1,
    )
    const { bytes, scale } = await writeAnomalyMap({ values, width: side, height: side })
    writeFileSync(workspace.path(`map-${image}.png`), bytes)
    workspace.db.run(
      `UPDATE score SET map_file = $file, map_scale = $scale, map_width = $side, map_height = $side
       WHERE image_id = $image`,
      { file: `map-${image}.png`, scale, side, image },
    )
  }
  const draw = (image: number, ...shapes: Shape[]) =>
    saveAnnotation(workspace, { image, shapes, operatorId: null })
  const figures = async () => {
    const { pixelAuroc, aupro } = await evaluateRun(workspace, { run: run.id, score: null, split: 'test' })
    return { pixelAuroc, aupro }
  }
  const dent = box('dent', defect.x, defect.y)
  await draw(bad, dent)
  const plain = await figures()
  expect(plain.pixelAuroc).toBeLessThan(1)
  await draw(bad, dent, box(ignoredType, stray.x, stray.y))
  const half = await figures()
  expect(half.pixelAuroc).toBeGreaterThan(plain.pixelAuroc ?? 1)
  expect(half.pixelAuroc).toBeLessThan(1)
  await draw(good, box(ignoredType, stray.x, stray.y))
  expect(await figures()).toEqual({ pixelAuroc: 1, aupro: 1 })
})
