/**
 * Finds pictures that are in two splits of a dataset: an image that is trained on cannot test the model. The same
 * bytes are in a dataset only once, so what is found is the same picture in another file, or a nearly equal one.
 */
import { z } from 'zod'
import type { DuplicateReport } from '../../../shared/dataset.ts'
import { Failure, failureDocument } from '../../../shared/failure.ts'
import type { Image, Split } from '../../../shared/image.ts'
import type { Id } from '../../../shared/values.ts'
import { differenceHash, hashDistance, hashWords } from '../../images/difference-hash.ts'
import { describer, likeness, nearlySame } from '../../images/likeness.ts'
import { iterateImages } from '../../store/images.ts'
import type { Workspace } from '../../store/workspace.ts'
import { measureImages } from './measure-gray-levels.ts'
import { comparedUpTo, nearCopies } from './near-copies.ts'
import { cellsOf } from './picture-cells.ts'

/** The most pairs that are reported, the most similar first. */
const mostPairs = 120
/** Number of 32-bit words of a hash. */
const words = 8

interface Hashed {
  image: Image
  hash: Uint32Array
}

export interface DuplicateContext {
  signal?: AbortSignal
  onProgress?: (progress: { done: number; total: number }) => void
}

/** @throws Failure `cancelled` */
export async function findDuplicates(
  workspace: Workspace,
  datasetId: Id,
  { signal, onProgress }: DuplicateContext = {},
): Promise<DuplicateReport> {
  const { db, blobs } = workspace
  // What an earlier version imported is looked at too, now that each photograph is read anyway.
  await measureImages(workspace, datasetId, null, () => undefined)
  const images = [...iterateImages(db, { datasetId })]
  const hashed: Hashed[] = []
  const cells = new Map<number, Uint16Array>()
  const unreadable: string[] = []
  for (const [done, image] of images.entries()) {
    if (signal?.aborted) {
      throw new Failure('cancelled', { case: 'search' })
    }
    const { sha256, format, file } = image
    const stored = db.get(
      z.object({ hash: z.string() }),
      'SELECT hash FROM picture_hash WHERE sha256 = $sha256',
      { sha256 },
    )
    try {
      const hash = stored?.hash ?? (await differenceHash(blobs.path(sha256, format)))
      if (!stored) {
        db.run('INSERT OR IGNORE INTO picture_hash (sha256, hash) VALUES ($sha256, $hash)', { sha256, hash })
      }
      hashed.push({ image, hash: hashWords(hash) })
      cells.set(image.id, await cellsOf(workspace, image))
    } catch (error) {
      unreadable.push(`${file}: ${failureDocument(error).message}`)
    }
    onProgress?.({ done: done + 1, total: images.length })
  }
  // In front of a fixed camera all parts have nearly the same hash, so they are compared by how each differs from the
  // mean.
  const describe = describer([...cells.values()])
  const looks = new Map([...cells].map(([id, own]) => [id, describe(own)]))
  const pairs = pairsAcross(hashed).filter(({ a, b }) => {
    const [one, other] = [looks.get(a.image.id), looks.get(b.image.id)]
    return one !== undefined && other !== undefined && likeness(one, other) >= nearlySame
  })
  return {
    images: images.length,
    found: pairs.length,
    nearCopies: nearCopies(
      hashed.flatMap(({ image, hash }) => {
        const look = looks.get(image.id)
        return look === undefined ? [] : [{ image, hash, look }]
      }),
    ),
    pairs: pairs.slice(0, mostPairs).map(({ a, b, distance }) => ({ a: a.image, b: b.image, distance })),
    unreadable,
  }
}

/** Whether a model may be judged on a picture because it learned from the other. Live parts do neither. */
const mayLeak = (a: Split, b: Split): boolean => a !== b && a !== 'live' && b !== 'live'

/**
 * Pairs of pictures in different splits, the most similar first. Two hashes that differ in at most six bits agree in
 * at least two of eight words, so only pairs that share two words are compared.
 */
export function pairsAcross(hashed: readonly Hashed[]): { a: Hashed; b: Hashed; distance: number }[] {
  const found = new Map<string, { a: Hashed; b: Hashed; distance: number }>()
  for (let first = 0; first < words; first += 1) {
    for (let second = first + 1; second < words; second += 1) {
      const buckets = new Map<string, Hashed[]>()
      for (const item of hashed) {
        const key = `${item.hash[first]} ${item.hash[second]}`
        const bucket = buckets.get(key)
        if (bucket === undefined) {
          buckets.set(key, [item])
          continue
        }
        for (const other of bucket) {
          if (!mayLeak(other.image.split, item.image.split)) continue
          const distance = hashDistance(other.hash, item.hash)
          if (distance > comparedUpTo) continue
          found.set(`${other.image.id} ${item.image.id}`, { a: other, b: item, distance })
        }
        bucket.push(item)
      }
    }
  }
  return [...found.values()].sort((x, y) => x.distance - y.distance || x.a.image.id - y.a.image.id)
}
