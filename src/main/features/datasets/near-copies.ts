/**
 * Photographs of one split that are nearly the same as another of it: a training learns them several times, and a
 * measurement counts them several times. They are found by locality-sensitive hashing (Charikar 2002): descriptions
 * that point in nearly one direction lie on the same side of most random planes, so only few are compared.
 */
import type { NearCopies } from '../../../shared/dataset.ts'
import type { Image } from '../../../shared/image.ts'
import { hashDistance } from '../../images/difference-hash.ts'
import { likeness, nearlySame } from '../../images/likeness.ts'
import { createRandom } from '../../platform/random.ts'

/** A plane separates two descriptions of this likeness in 5.5 % of cases: with these numbers 1 pair of 500 is missed. */
const tables = 12
const planes = 16
/** Two pictures count as nearly the same only if their hashes differ in at most this many of 256 bits. */
export const comparedUpTo = 6
/** Photographs of one bucket with which another is compared; more of them are of one group by then. */
const mostCompared = 40
/** Examples that a finding names. */
const mostExamples = 20

export interface Described {
  image: Pick<Image, 'id' | 'file' | 'split'>
  look: Float32Array
  hash: Uint32Array
}

export function nearCopies(described: readonly Described[]): NearCopies {
  const groups = new Groups()
  for (const split of ['train', 'validation', 'test'] as const) {
    joinAlike(
      described.filter(({ image }) => image.split === split),
      groups,
    )
  }
  return groups.found(described)
}

/** As pairs in two splits are told. */
const areAlike = (a: Described, b: Described): boolean =>
  hashDistance(a.hash, b.hash) <= comparedUpTo && likeness(a.look, b.look) >= nearlySame

/** Puts photographs that are nearly the same into one group. */
function joinAlike(described: readonly Described[], groups: Groups): void {
  const length = described[0]?.look.length ?? 0
  const random = createRandom(1)
  for (let table = 0; table < tables; table += 1) {
    const sides = Array.from({ length: planes }, () => Float32Array.from({ length }, () => random.normal()))
    const buckets = new Map<number, Described[]>()
    for (const item of described) {
      let key = 0
      for (const plane of sides) key = key * 2 + (likeness(plane, item.look) > 0 ? 1 : 0)
      const bucket = buckets.get(key)
      if (bucket === undefined) {
        buckets.set(key, [item])
        continue
      }
      for (const other of bucket) {
        const isKnown = groups.of(item.image.id) === groups.of(other.image.id)
        if (!isKnown && areAlike(item, other)) groups.join(item.image.id, other.image.id)
      }
      if (bucket.length < mostCompared) bucket.push(item)
    }
  }
}

/** Groups of photographs, each found by the smallest number in it. */
class Groups {
  readonly #above = new Map<number, number>()
  of(id: number): number {
    let at = id
    for (let next = this.#above.get(at); next !== undefined; next = this.#above.get(at)) at = next
    return at
  }
  join(a: number, b: number): void {
    const [one, other] = [this.of(a), this.of(b)]
    if (one !== other) this.#above.set(Math.max(one, other), Math.min(one, other))
  }
  found(described: readonly Described[]): NearCopies {
    const members = new Map<number, string[]>()
    for (const { image } of described) {
      const group = this.of(image.id)
      const files = members.get(group)
      if (files) files.push(image.file)
      else members.set(group, [image.file])
    }
    const several = [...members.values()].filter((files) => files.length > 1)
    return {
      photographs: several.reduce((sum, files) => sum + files.length, 0),
      groups: several.length,
      examples: several.slice(0, mostExamples).map((files) => files.slice(0, 3)),
    }
  }
}
