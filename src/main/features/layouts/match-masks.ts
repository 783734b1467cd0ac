/**
 * Which mask belongs to which photograph: by split, folder and name. Where more than one photograph may be meant, the
 * sizes decide; where they do not either, no photograph gets the mask, and it is named with all that may be meant.
 */
import type { Split } from '../../../shared/image.ts'
import { labelOfFolder } from './folder-names.ts'
import { bareNumber, inCaseOf, namesInMask, sameName, withoutEnding } from './mask-names.ts'

/** A file with its place: its folders without those that only say split, picture or mask. */
export interface Placed {
  file: string
  split: Split | null
  /** In the form of `sameName`. */
  place: readonly string[]
}

export interface PlacedPhotograph extends Placed {
  isNormal: boolean
}

export interface Size {
  width: number
  height: number
}

export interface MaskMatches {
  /** The masks of each photograph that has any, by the photograph's file. */
  masksOf: Map<string, string[]>
  ambiguous: { mask: string; candidates: string[] }[]
  /** No photograph belongs to them. */
  alone: string[]
  /** Matched by the beginning of the name only. */
  guessed: { mask: string; photograph: string }[]
}

const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1)

const isEnd = (end: readonly string[], of: readonly string[]): boolean =>
  end.every((part, i) => of[of.length - end.length + i] === part)

const withoutLabels = (place: readonly string[]): string[] =>
  place.filter((part) => labelOfFolder(part) === null)

/** How well two places fit: 0 where they contradict each other. */
export function closeness(a: readonly string[], b: readonly string[]): number {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  if (short.length === long.length && isEnd(short, long)) return 4
  if (short.length > 0 && isEnd(short, long)) return 3
  if (short.every((part, i) => long[i] === part)) return short.length > 0 ? 2 : 1
  // ground_truth/ko beside test/defect: both say "bad", in other words.
  const [plainA, plainB] = [withoutLabels(a), withoutLabels(b)]
  const bothBad = [a, b].every((place) => place.some((part) => labelOfFolder(part) === 'anomalous'))
  return bothBad && plainA.join('/') === plainB.join('/') ? 1 : 0
}

/** Those that fit best. */
function closest<T extends Placed>(mask: Placed, candidates: readonly T[], place = mask.place): T[] {
  let best = 0
  let found: T[] = []
  for (const candidate of candidates) {
    if (mask.split !== null && candidate.split !== null && mask.split !== candidate.split) continue
    const score = closeness(place, candidate.place)
    if (score === 0 || score < best) continue
    if (score > best) found = []
    best = score
    found.push(candidate)
  }
  return found
}

type Index = ReadonlyMap<string, PlacedPhotograph[]>

function indexBy(photographs: readonly PlacedPhotograph[], key: (name: string) => string | null): Index {
  const index = new Map<string, PlacedPhotograph[]>()
  for (const photograph of photographs) {
    const name = key(nameOf(photograph.file))
    if (name === null) continue
    const known = index.get(name)
    if (known) known.push(photograph)
    else index.set(name, [photograph])
  }
  return index
}

/** Shorter and shorter beginnings of a name, cut where its words end. */
function beginnings(stem: string): string[] {
  const found: string[] = []
  for (let at = stem.length - 1; at > 0; at -= 1)
    if (/[ ._-]/.test(stem.charAt(at))) found.push(stem.slice(0, at))
  return found.filter((beginning) => /[\p{L}\p{N}]$/u.test(beginning))
}

/** @param sizeOf the size of a picture by its header; null where it cannot be read */
export async function matchMasks(
  masks: readonly Placed[],
  photographs: readonly PlacedPhotograph[],
  sizeOf: (file: string) => Promise<Size | null>,
): Promise<MaskMatches> {
  const byStem = indexBy(photographs, (name) => sameName(withoutEnding(name)))
  const byName = indexBy(photographs, sameName)
  const byNumber = indexBy(photographs, (name) => bareNumber(withoutEnding(name), 'photograph'))
  const testPlaces = photographs.filter(({ split }) => split === 'test')
  const seriesOf = seriesIndex(byStem)
  const matches: MaskMatches = { masksOf: new Map(), ambiguous: [], alone: [], guessed: [] }

  /** The photographs that a mask may mean, at the first rule that finds any. */
  function candidatesOf(mask: Placed): { found: PlacedPhotograph[]; isGuess: boolean } {
    const stem = withoutEnding(nameOf(mask.file))
    const names = namesInMask(stem)
    const sure = (found: PlacedPhotograph[]) => ({ found, isGuess: false })
    // A folder of masks for each photograph: ground_truth/logical_anomalies/000/001.png is the second mask of 000.png
    // and not one of 001.png, which lies in the folder around it.
    const folder = mask.place.at(-1)
    const around = mask.place.slice(0, -1)
    const ofFolder = folder === undefined ? [] : closest(mask, byStem.get(folder) ?? [], around)
    const isOwnFolder = ofFolder.some(({ place }) => closeness(place, around) === 4)
    const isBeside = names.some((name) =>
      [...(byStem.get(name) ?? []), ...(byName.get(name) ?? [])].some(
        ({ place }) => closeness(place, mask.place) === 4,
      ),
    )
    if (isOwnFolder && !isBeside) return sure(ofFolder)
    for (const name of names) {
      // 000.png_mask names 000.png, and so not 000.jpg.
      const found = closest(mask, byName.get(name) ?? [])
      if (found.length > 0) return sure(found)
      const same = closest(mask, byStem.get(name) ?? [])
      if (same.length > 0) return sure(same)
    }
    if (ofFolder.length > 0) return sure(ofFolder)
    const number = bareNumber(stem, 'mask')
    if (number !== null) {
      const found = closest(mask, [...(byNumber.get(number) ?? []), ...(byStem.get(number) ?? [])])
      if (found.length > 0) return sure(found)
    }
    for (const beginning of beginnings(sameName(stem))) {
      const found = closest(mask, byStem.get(beginning) ?? [])
      // Where photographs are numbered behind that name, a mask with another number is that of a missing photograph.
      if (found.length > 0) return seriesOf.has(beginning) ? sure([]) : { found, isGuess: true }
    }
    return sure([])
  }

  /** Without those that cannot be meant. */
  function narrowed(mask: Placed, found: PlacedPhotograph[]): PlacedPhotograph[] {
    const notNormal = found.filter(({ isNormal }) => !isNormal)
    const marked = notNormal.length > 0 ? notNormal : found
    if (mask.split !== null) return marked
    // Masks without a split of their own are those of the test photographs.
    const tested = marked.filter(({ split }) => split === 'test')
    return tested.length > 0 ? tested : marked
  }

  /** Whether a mask without a split can only be meant for a test photograph, which is not there. */
  const isOfMissing = (mask: Placed, found: readonly PlacedPhotograph[]): boolean =>
    mask.split === null &&
    found.every(({ split }) => split === 'train' || split === 'validation') &&
    testPlaces.some(({ place }) => closeness(place, mask.place) === 4)

  for (const mask of masks) {
    const { found, isGuess } = candidatesOf(mask)
    if (found.length === 0) {
      matches.alone.push(mask.file)
      continue
    }
    let meant = inCaseOf(mask.file, narrowed(mask, found), ({ file }) => file)
    if (meant.length > 1) meant = await sameSize(mask.file, meant, sizeOf)
    const [photograph] = meant
    if (photograph === undefined || meant.length > 1 || isOfMissing(mask, meant)) {
      const candidates = (meant.length > 1 ? meant : narrowed(mask, found)).map(({ file }) => file)
      matches.ambiguous.push({ mask: mask.file, candidates })
      continue
    }
    if (isGuess) matches.guessed.push({ mask: mask.file, photograph: photograph.file })
    const known = matches.masksOf.get(photograph.file)
    if (known) known.push(mask.file)
    else matches.masksOf.set(photograph.file, [mask.file])
  }
  return matches
}

async function sameSize(
  mask: string,
  candidates: readonly PlacedPhotograph[],
  sizeOf: (file: string) => Promise<Size | null>,
): Promise<PlacedPhotograph[]> {
  const size = await sizeOf(mask)
  if (size === null) return []
  const fitting: PlacedPhotograph[] = []
  for (const candidate of candidates) {
    const other = await sizeOf(candidate.file)
    if (other?.width === size.width && other.height === size.height) fitting.push(candidate)
  }
  return fitting
}

/** Names that have numbered photographs behind them: part, where there are part_1 and part_2. */
function seriesIndex(byStem: Index): ReadonlySet<string> {
  const series = new Set<string>()
  for (const stem of byStem.keys()) {
    const at = stem.search(/[ ._-]+\p{N}+$/u)
    if (at > 0) series.add(stem.slice(0, at))
  }
  return series
}
