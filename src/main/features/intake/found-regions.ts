/** Where a photograph was flagged: boxes around the strong regions of its heat map. */
import { readFile } from 'node:fs/promises'
import type { IntakeAnswer } from '../../../shared/intake.ts'
import { readAnomalyMap } from '../../images/anomaly-map.ts'
import { connectedComponents } from '../../metrics/connected-components.ts'
import { findImage } from '../../store/images.ts'
import { activePoint } from '../../store/operating-points.ts'
import { findRun } from '../../store/runs.ts'
import { scoreOf } from '../../store/scores.ts'
import type { Workspace } from '../../store/workspace.ts'
import { mapScaleOf } from '../runs/score-settings.ts'

/** So many are told, the strongest first. */
const most = 20

/**
 * The regions at or above the strength that the operating point asks for; without such a rule, at or above the level
 * that 99.5 % of the pixels of good parts stay below. Empty where the map was cleared away.
 */
export async function foundRegions(
  workspace: Workspace,
  run: string,
  image: number,
): Promise<IntakeAnswer['regions']> {
  const { db } = workspace
  const file = scoreOf(db, run, image)?.mapFile
  if (file == null) return []
  const bytes = await readFile(workspace.path(file)).catch(() => null)
  if (bytes === null) return []
  const { values, width, height } = await readAnomalyMap(bytes)
  const level = activePoint(db, run)?.regions?.leastStrength ?? mapScaleOf(findRun(db, run)) / 2
  const mask = Uint8Array.from(values, (value) => (value >= level ? 1 : 0))
  const { labels, count } = connectedComponents(mask, width, height)
  const boxes = Array.from({ length: count }, () => ({
    left: width,
    top: height,
    right: 0,
    bottom: 0,
    peak: 0,
  }))
  for (const [at, label] of labels.entries()) {
    const box = boxes[label - 1]
    if (box === undefined) continue
    const x = at % width
    const y = (at - x) / width
    box.left = Math.min(box.left, x)
    box.top = Math.min(box.top, y)
    box.right = Math.max(box.right, x + 1)
    box.bottom = Math.max(box.bottom, y + 1)
    box.peak = Math.max(box.peak, values[at] ?? 0)
  }
  const photograph = findImage(db, image)
  const [right, down] = [photograph.width / width, photograph.height / height]
  return boxes
    .toSorted((a, b) => b.peak - a.peak)
    .slice(0, most)
    .map(({ left, top, right: end, bottom, peak }) => {
      const [x, y] = [Math.floor(left * right), Math.floor(top * down)]
      return { x, y, width: Math.ceil(end * right) - x, height: Math.ceil(bottom * down) - y, peak }
    })
}
