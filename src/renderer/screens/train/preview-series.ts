/** Preview pictures of a run by what they show, oldest first. */
import type { CallOutput } from '../../../shared/contract.ts'

export type Preview = CallOutput<'run.previews'>[number]

interface PreviewSeries {
  name: string
  pictures: readonly Preview[]
}

/** The order of the work: samples of the generator, then reconstructions, then what a later system adds. */
const order = ['generated', 'reconstructed']
const rank = (name: string): number => {
  const place = order.indexOf(name)
  return place === -1 ? order.length : place
}

export function seriesOf(previews: readonly Preview[]): PreviewSeries[] {
  const byName = new Map<string, Map<number, Preview>>()
  for (const preview of previews) {
    const steps = byName.get(preview.name) ?? new Map<number, Preview>()
    byName.set(preview.name, steps)
    // A resumed training makes some pictures again; the last one told is the one in the file.
    steps.set(preview.step, preview)
  }
  return [...byName]
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([name, steps]) => ({ name, pictures: [...steps.values()].sort((a, b) => a.step - b.step) }))
}
