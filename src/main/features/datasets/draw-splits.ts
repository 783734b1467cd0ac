/**
 * Assigns images to the splits by given fractions and a seed, for each kind of defect separately, and never puts
 * photographs of one part into two splits. The result depends only on the images and the request, not on their order
 * or on earlier draws.
 */
import { createHash } from 'node:crypto'
import type { SplitCounts, SplitPreview, SplitRequest } from '../../../shared/dataset.ts'
import { Failure, reasonOf } from '../../../shared/failure.ts'
import type { Label, Split } from '../../../shared/image.ts'

export interface DrawnImage {
  id: number
  sha256: string
  file: string
  split: Split
  label: Label
  defectType: string | null
  /** The part that it shows, as an import or an earlier pattern found it. */
  partGroup: string | null
}

export interface Draw {
  splits: Map<number, Split>
  /** The part group that the pattern found in each image's name; without a pattern, the one that it has. */
  groups: Map<number, string>
  preview: SplitPreview
}

const exampleCount = 8
/** The splits that are drawn; live parts keep theirs. */
const splits = ['train', 'validation', 'test'] as const
type DrawnSplit = (typeof splits)[number]

/** @throws Failure `pattern-invalid`, `fractions-invalid` */
export function drawSplits(images: readonly DrawnImage[], request: SplitRequest, frozen: boolean): Draw {
  const { validation, test, only, pattern } = request
  if (only === 'all' && validation + test > 0.95) {
    throw new Failure('fractions-invalid')
  }
  const expression = pattern === null || pattern === '' ? null : compiled(pattern)
  const groups = new Map<number, string>()
  const examples: SplitPreview['groups']['examples'] = []
  let unmatched = 0
  const byGroup = new Map<string, DrawnImage[]>()
  for (const image of images) {
    const found = expression?.exec(image.file)
    const group = found ? (found[1] ?? found[0]) : expression ? null : image.partGroup
    if (group !== null) groups.set(image.id, group)
    if (expression) {
      if (group === null) unmatched += 1
      if (examples.length < exampleCount) examples.push({ file: image.file, group })
    }
    if (image.split === 'live') continue
    // An image without a group is a group by itself; its key cannot be equal to a name.
    const key = group === null ? `\0${image.sha256}` : group
    const members = byGroup.get(key)
    if (members) members.push(image)
    else byGroup.set(key, [image])
  }
  const drawn = drawGroups([...byGroup], request, frozen)
  return {
    splits: drawn,
    groups,
    preview: {
      ...counted(images, drawn),
      groups: {
        count: new Set(groups.values()).size,
        largest: expression ? Math.max(0, ...[...byGroup.values()].map((members) => members.length)) : 0,
        unmatched,
        examples,
      },
    },
  }
}

function compiled(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u')
  } catch (cause) {
    throw new Failure('pattern-invalid', { pattern, reason: reasonOf(cause) }, { cause })
  }
}

const stratumOf = (members: readonly DrawnImage[]): string | null => {
  const anomalous = members.find(({ label }) => label === 'anomalous')
  if (anomalous) return `defect ${anomalous.defectType ?? ''}`
  return members.some(({ label }) => label === 'normal') ? 'normal' : null
}

function drawGroups(
  groups: readonly [key: string, members: DrawnImage[]][],
  { validation, test, anomalous, only, seed, stratified }: SplitRequest,
  frozen: boolean,
): Map<number, Split> {
  const result = new Map<number, Split>()
  const strata = new Map<string, { lot: string; members: DrawnImage[] }[]>()
  for (const [key, members] of groups) {
    if (frozen && members.some(({ split }) => split === 'validation')) {
      // Other photographs of a part in the frozen validation set must not be trained on.
      for (const { id, split } of members) if (split !== 'validation') result.set(id, 'test')
      continue
    }
    const kind = stratumOf(members)
    if (kind === null || (kind === 'normal' && only === 'anomalous')) continue
    const stratum = stratified ? kind : kind === 'normal' ? kind : 'defect'
    const lot = createHash('sha256').update(`${seed}:${key}`).digest('hex')
    const list = strata.get(stratum)
    if (list) list.push({ lot, members })
    else strata.set(stratum, [{ lot, members }])
  }
  const judging = validation + test
  const validating = anomalous ?? (judging > 0 ? validation / judging : 0)
  for (const [stratum, list] of strata) {
    const shares: Record<DrawnSplit, number> =
      stratum === 'normal'
        ? { train: 1 - judging, validation, test }
        : { train: 0, validation: validating, test: 1 - validating }
    if (frozen) {
      shares.test += stratum === 'normal' ? 0 : shares.validation
      shares.train += stratum === 'normal' ? shares.validation : 0
      shares.validation = 0
    }
    const total = list.reduce((sum, { members }) => sum + members.length, 0)
    const held: Record<DrawnSplit, number> = { train: 0, validation: 0, test: 0 }
    for (const { members } of list.sort((a, b) => (a.lot < b.lot ? -1 : 1))) {
      // The group goes to the split that is furthest below its share, counted in images.
      let chosen: DrawnSplit = stratum === 'normal' ? 'train' : 'test'
      for (const split of splits) {
        const missing = shares[split] * total - held[split]
        if (missing > shares[chosen] * total - held[chosen] + 1e-9) chosen = split
      }
      held[chosen] += members.length
      for (const { id } of members) result.set(id, chosen)
    }
  }
  return result
}

function counted(
  images: readonly DrawnImage[],
  drawn: ReadonlyMap<number, Split>,
): Pick<SplitPreview, 'after' | 'strata' | 'moved' | 'kept'> {
  const after = { train: 0, validation: 0, test: 0, live: 0 }
  const strata = new Map<string, SplitCounts>()
  let moved = 0
  for (const image of images) {
    const split = drawn.get(image.id) ?? image.split
    after[split] += 1
    if (split !== image.split) moved += 1
    const name = image.label === 'anomalous' ? (image.defectType ?? 'anomalous') : image.label
    const counts = strata.get(name) ?? { train: 0, validation: 0, test: 0, live: 0 }
    counts[split] += 1
    strata.set(name, counts)
  }
  return {
    after,
    strata: [...strata].map(([name, counts]) => ({ name, counts })),
    moved,
    kept: images.length - drawn.size,
  }
}
