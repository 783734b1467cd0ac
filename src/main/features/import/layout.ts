import { basename, resolve } from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import type { Label, Layout, Split } from '../../../shared/image.ts'
import { isMaskFolder, labelOfFolder } from './folder-names.ts'
import { subfolders, walkFiles } from './walk.ts'

/** What a file's place in the folder says about it. */
export interface Placement {
  /** Null where the importer chooses (see `splits.ts`). */
  split: Split | null
  label: Label
  defectType: string | null
}

const sameName = (names: readonly string[], wanted: string): string | undefined =>
  names.find((name) => name.toLowerCase() === wanted)

/** The layout of MVTec AD: train/good, test/<type>, ground_truth/<type>/<stem>_mask.png. */
async function isMvtec(root: string, names: readonly string[]): Promise<boolean> {
  const train = sameName(names, 'train')
  if (train !== undefined) {
    const inside = await subfolders(root, train)
    if (inside.some((name) => labelOfFolder(name) === 'normal')) return true
  }
  return sameName(names, 'test') !== undefined && sameName(names, 'ground_truth') !== undefined
}

/**
 * Finds out how a folder is laid out.
 * @throws Failure `folder-unreadable`, `several-datasets` for a folder of datasets, `layout-mismatch` where the
 * asked layout is not there
 */
export async function detectLayout(folder: string, asked: Layout | 'auto'): Promise<Layout> {
  const root = resolve(folder)
  const names = await subfolders(root)
  if (asked === 'flat') return 'flat'
  if (await isMvtec(root, names)) return 'mvtec'
  if (asked === 'mvtec') {
    throw new Failure('layout-mismatch', { folder: root })
  }
  const datasets: string[] = []
  for (const name of names) {
    const inside = await subfolders(root, name)
    if (sameName(inside, 'train') !== undefined && sameName(inside, 'test') !== undefined) datasets.push(name)
  }
  if (datasets.length > 0) {
    throw new Failure('several-datasets', {
      folder: root,
      count: datasets.length,
      datasets: datasets.slice(0, 8),
      example: resolve(root, datasets[0] ?? ''),
    })
  }
  return 'flat'
}

function placeMvtec(parts: readonly string[]): Placement {
  const [split = '', type = ''] = parts.map((part) => part.toLowerCase())
  const original = parts[1] ?? ''
  const isNormal = labelOfFolder(type) === 'normal'
  const anomalous: Pick<Placement, 'label' | 'defectType'> = { label: 'anomalous', defectType: original }
  if (parts.length < 3) return { split: 'test', label: 'unlabeled', defectType: null }
  if (split === 'train') {
    // Training sees good parts only, whatever else lies there.
    return isNormal
      ? { split: null, label: 'normal', defectType: null }
      : { split: 'validation', ...anomalous }
  }
  if (split === 'validation' || split === 'val') {
    return { split: 'validation', ...(isNormal ? { label: 'normal', defectType: null } : anomalous) }
  }
  if (split === 'test') {
    return { split: 'test', ...(isNormal ? { label: 'normal', defectType: null } : anomalous) }
  }
  return { split: 'test', label: 'unlabeled', defectType: null }
}

/** The innermost folder with a telling name counts; below a folder of defects the next one names their type. */
function placeFlat(parts: readonly string[]): Placement {
  const folders = parts.slice(0, -1)
  const at = folders.findLastIndex((name) => labelOfFolder(name) !== null)
  const label = at < 0 ? null : labelOfFolder(folders[at] ?? '')
  if (label === 'normal') return { split: null, label, defectType: null }
  if (label === 'anomalous') return { split: null, label, defectType: folders[at + 1] ?? null }
  return { split: 'test', label: 'unlabeled', defectType: null }
}

/** What the path of a file says. @param file relative to the imported folder, with forward slashes */
export function place(file: string, layout: Layout): Placement {
  const parts = file.split('/')
  return layout === 'mvtec' ? placeMvtec(parts) : placeFlat(parts)
}

/** The folder of a file, as a correction names it. */
export const folderOf = (file: string): string =>
  file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.'

/** Whether a path lies among masks. */
export const isMaskFile = (file: string): boolean => {
  const [first = '', ...rest] = file.split('/')
  return rest.length > 0 && isMaskFolder(first)
}

const stem = (file: string): string => file.replace(/\.[^./]*$/, '')

/**
 * What a photograph and its mask have in common: the path without its first folder, its ending and `_mask`.
 * test/crack/007.jpg and ground_truth/crack/007_mask.png both give crack/007.
 */
export function maskKey(file: string, layout: Layout): string {
  if (isMaskFile(file)) {
    return stem(file.split('/').slice(1).join('/')).replace(/[_-](mask|gt)$/i, '')
  }
  const parts = file.split('/')
  return stem((layout === 'mvtec' ? parts.slice(1) : parts).join('/'))
}

/** The files of a folder in the order of their import, and the masks by `maskKey`. */
export interface Listing {
  layout: Layout
  /** Photographs, and whatever else lies among them. */
  files: string[]
  masks: Map<string, string>
}

const splitOrder: Record<string, number> = { train: 0, validation: 1, val: 1, test: 2 }

/**
 * Lists a folder. With splits of its own, training images come first, then validation, then test: of the same
 * bytes in several splits, the first is kept.
 *
 * @throws Failure `folder-unreadable`, `folder-empty`, and those of `detectLayout`
 */
export async function listFolder(folder: string, asked: Layout | 'auto'): Promise<Listing> {
  const root = resolve(folder)
  const layout = await detectLayout(root, asked)
  const files: string[] = []
  const masks = new Map<string, string>()
  for await (const file of walkFiles(root)) {
    if (isMaskFile(file)) masks.set(maskKey(file, layout), file)
    else files.push(file)
  }
  if (files.length === 0) {
    throw new Failure('folder-empty', { folder: root })
  }
  if (layout === 'mvtec') {
    const order = (file: string): number => splitOrder[file.split('/')[0]?.toLowerCase() ?? ''] ?? 3
    // A stable sort: within a split the order of the walk stays.
    files.sort((a, b) => order(a) - order(b))
  }
  return { layout, files, masks }
}

/** A name for the dataset of a folder. */
export const suggestedName = (folder: string): string =>
  basename(resolve(folder)).replace(/[_-]+/g, ' ').trim().slice(0, 100) || 'dataset'
