/**
 * Which photograph of a dataset a file or a document means. Its name decides together with as many folders as agree;
 * where several photographs are left, their size does, and else the file is ambiguous: none gets it by luck.
 */
import type { Image } from '../../../shared/image.ts'
import type { Size } from '../../images/orientation.ts'
import { asUploaded, uploadPrefix } from '../layouts/upload-names.ts'

export interface Wanted {
  /** A path as another program wrote it. */
  name: string
  /** Of the photograph's bytes, where a document has it. */
  sha256?: string | null
  size?: Size | null
  /** Whether the name is without the photograph's ending. */
  isStem?: boolean
  /** The name may be what an annotation program made of it on uploading. */
  isUploaded?: boolean
  /** Only a photograph in all the folders of the name. */
  isWhole?: boolean
}

export type Match =
  | { image: Image; isLikely: boolean }
  /** The photographs between which nothing decides; none where no name fits. */
  | { image: null; candidates: Image[] }

/** Names are compared in one form of Unicode, whatever the file system made of it. */
export const folded = (text: string): string => text.normalize('NFC').toLowerCase()

export const withoutEnding = (file: string): string => file.replace(/\.[^./]*$/, '')

const splitFolders: ReadonlySet<string> = new Set([
  'train',
  'training',
  'validation',
  'valid',
  'val',
  'test',
  'testing',
])

/** Folders of a name: of both kinds of slashes, without drives and dots. */
const partsOf = (name: string): string[] =>
  name
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..' && !/^[a-z]:$/i.test(part))

interface Known {
  image: Image
  /** Folded parts of the path, with and without the ending of the last one. */
  parts: string[]
  stem: string
}

export function photographMatcher(images: readonly Image[]): (wanted: Wanted) => Match {
  const bySha = new Map<string, Image>()
  const byName = new Map<string, Known[]>()
  const byStem = new Map<string, Known[]>()
  const byUpload = new Map<string, Image | null>()
  const folders = new Set<string>()
  for (const image of images) {
    const parts = partsOf(image.file).map(folded)
    const last = parts.at(-1) ?? ''
    const known = { image, parts, stem: withoutEnding(last) }
    bySha.set(image.sha256, image)
    for (const folder of parts.slice(0, -1)) folders.add(folder)
    push(byName, last, known)
    push(byStem, known.stem, known)
    byUpload.set(asUploaded(last), byUpload.has(asUploaded(last)) ? null : image)
  }

  function match(wanted: Wanted, name: string): Match {
    const parts = partsOf(name).map(folded)
    const last = parts.at(-1) ?? ''
    const stem = wanted.isStem === true ? last : withoutEnding(last)
    const sameName = wanted.isStem === true ? [] : (byName.get(last) ?? [])
    const sameStem = byStem.get(stem) ?? []
    const above = parts.slice(0, -1)
    for (let agreeing = above.length; agreeing >= 0; agreeing -= 1) {
      if (wanted.isWhole === true && agreeing < above.length) break
      for (const group of [sameName, sameStem]) {
        const found = group.filter(
          (known) => agreeingFolders(known.parts, above) >= agreeing && !contradicts(known.parts, above),
        )
        if (found.length > 0) return decided(found, name, wanted, above.length === agreeing)
      }
    }
    return { image: null, candidates: [] }
  }

  /** Whether the name says a folder of the dataset, or a split, in which the photograph does not lie. */
  const contradicts = (parts: readonly string[], above: readonly string[]): boolean => {
    const own = parts.slice(0, -1)
    return above.some((folder) => {
      if (own.includes(folder)) return false
      return folders.has(folder) || (splitFolders.has(folder) && own.some((part) => splitFolders.has(part)))
    })
  }

  return (wanted) => {
    const bySum = wanted.sha256 ? bySha.get(wanted.sha256) : undefined
    if (bySum) return { image: bySum, isLikely: false }
    const found = match(wanted, wanted.name)
    if (found.image !== null || found.candidates.length > 0) return found
    const uploaded = wanted.name.replace(/[^/\\]*$/, (last) => last.replace(uploadPrefix, ''))
    if (wanted.isUploaded === true) {
      const changed = byUpload.get(asUploaded(partsOf(wanted.name).at(-1) ?? ''))
      if (changed) return { image: changed, isLikely: true }
    }
    if (uploaded === wanted.name) return found
    const likely = match(wanted, uploaded)
    return likely.image === null ? likely : { image: likely.image, isLikely: true }
  }
}

function push(map: Map<string, Known[]>, key: string, known: Known): void {
  const list = map.get(key)
  if (list) list.push(known)
  else map.set(key, [known])
}

/** How many folders above the file are the same, from the innermost outwards. */
function agreeingFolders(parts: readonly string[], above: readonly string[]): number {
  const own = parts.slice(0, -1)
  let count = 0
  while (count < own.length && count < above.length && own.at(-1 - count) === above.at(-1 - count)) count += 1
  return count
}

/** Photographs whose own name is written as this one is: A.png and a.png are two where the file system says so. */
function inCase(found: readonly Known[], name: string, isStem: boolean): Known[] {
  const last = (path: string): string => (partsOf(path).at(-1) ?? '').normalize('NFC')
  const own = found.filter(({ image }) => last(image.file) === last(name))
  if (own.length > 0) return own
  const stem = isStem ? last(name) : withoutEnding(last(name))
  return found.filter(({ image }) => withoutEnding(last(image.file)) === stem)
}

/** One photograph: the only one, the one whose path is exactly the name, or the one of the size. */
function decided(
  found: readonly Known[],
  name: string,
  { size, isStem = false }: Wanted,
  isWhole: boolean,
): Match {
  const [only] = found
  if (only && found.length === 1) return { image: only.image, isLikely: false }
  const path = partsOf(name).join('/')
  for (const form of [(text: string) => text, (text: string) => text.normalize('NFC'), folded]) {
    const exact = found.filter(({ image }) => form(image.file) === form(path))
    const [one] = exact
    if (one && exact.length === 1) return { image: one.image, isLikely: false }
  }
  const written = inCase(found, name, isStem)
  const [literal] = written
  if (literal && written.length === 1) return { image: literal.image, isLikely: false }
  // A path that lies deeper agrees by chance with one that is meant from its beginning.
  const whole = isWhole ? found.filter(({ parts }) => parts.length === partsOf(name).length) : []
  const [direct] = whole
  if (direct && whole.length === 1) return { image: direct.image, isLikely: false }
  if (size) {
    const fitting = found.filter(({ image }) => image.width === size.width && image.height === size.height)
    const [one] = fitting
    if (one && fitting.length === 1) return { image: one.image, isLikely: false }
  }
  return { image: null, candidates: found.map(({ image }) => image) }
}
