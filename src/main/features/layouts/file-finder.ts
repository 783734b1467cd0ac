/** Finds the files of a folder that a table or a document names, often with a path of another machine. */
import { sameName, withoutEnding } from './mask-names.ts'
import { asUploaded, namesOfAddress } from './upload-names.ts'

const partsOf = (path: string): string[] =>
  sameName(path)
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..' && !/^[a-z]:$/.test(part))

const oneWidth = (path: string): string => path.normalize('NFKC')

/** Whether a path, with or without its ending, ends with a name in the same case. */
function endsAs(file: string, named: string): boolean {
  const path = `/${file.normalize('NFC')}`
  const end = named
    .normalize('NFC')
    .replaceAll('\\', '/')
    .replace(/^(?:\.{1,2}\/)+/, '/')
    .replace(/^(?!\/)/, '/')
  return path.endsWith(end) || withoutEnding(path).endsWith(end)
}

/** How many parts at their ends are the same. */
function common(a: readonly string[], b: readonly string[]): number {
  let count = 0
  while (count < a.length && count < b.length && a[a.length - 1 - count] === b[b.length - 1 - count])
    count += 1
  return count
}

export interface Found {
  file: string
  /** Not by the name itself, but by what an annotation program makes of it, or by another width of its characters. */
  isLikely: boolean
}

/** @returns the file that is meant; null where none is, or more than one may be */
export type FindFile = (named: string, fromFolder: string) => Found | null

export function fileFinder(files: readonly string[]): FindFile {
  const byName = new Map<string, { file: string; parts: string[] }[]>()
  const byUpload = new Map<string, string | null>()
  /** By the whole path with full-width and half-width characters as one; null where several are the same. */
  const byWidth = new Map<string, string | null>()
  const add = (name: string, entry: { file: string; parts: string[] }): void => {
    const known = byName.get(name)
    if (known) known.push(entry)
    else byName.set(name, [entry])
  }
  for (const file of files) {
    const parts = partsOf(file)
    const name = parts.at(-1) ?? ''
    add(name, { file, parts })
    const stem = withoutEnding(name)
    if (stem !== name) add(stem, { file, parts: [...parts.slice(0, -1), stem] })
    const uploaded = asUploaded(name)
    byUpload.set(uploaded, byUpload.has(uploaded) ? null : file)
    const path = oneWidth(parts.join('/'))
    byWidth.set(path, byWidth.has(path) ? null : file)
  }
  function find(named: string, fromFolder: string): string | null {
    const wanted = partsOf(named)
    const candidates = byName.get(wanted.at(-1) ?? '') ?? []
    // One of the two paths must be the end of the other: a file of this name in another folder is another file.
    const fitting = candidates.filter(
      ({ parts }) => common(parts, wanted) === Math.min(parts.length, wanted.length),
    )
    if (fitting.length <= 1) return fitting[0]?.file ?? null
    // A.png and a.png are two files where the file system says so: the very name decides before another case of it.
    const literal = fitting.filter(({ file }) => endsAs(file, named))
    if (literal.length === 1) return literal[0]?.file ?? null
    const beside = [...partsOf(fromFolder), ...wanted].join('/')
    const near = fitting.filter(({ parts }) => parts.join('/') === beside)
    if (near.length === 1) return near[0]?.file ?? null
    const longest = Math.max(...fitting.map(({ parts }) => common(parts, wanted)))
    const best = fitting.filter(({ parts }) => common(parts, wanted) === longest && parts.length === longest)
    return best.length === 1 ? (best[0]?.file ?? null) : null
  }
  return (named, fromFolder) => {
    const [own = named, ...others] = namesOfAddress(named)
    const exact = find(own, fromFolder)
    if (exact !== null) return { file: exact, isLikely: false }
    for (const name of others) {
      const file = find(name, fromFolder) ?? byUpload.get(asUploaded(name)) ?? null
      if (file !== null) return { file, isLikely: true }
    }
    const wanted = partsOf(own)
    for (const parts of [[...partsOf(fromFolder), ...wanted], wanted]) {
      const file = byWidth.get(oneWidth(parts.join('/'))) ?? null
      if (file !== null) return { file, isLikely: true }
    }
    return null
  }
}
