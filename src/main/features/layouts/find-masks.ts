/** Tells masks from photographs: by folders, by names beside photographs, and where names leave it open by pixels. */

import { labelOfFolder } from './folder-names.ts'
import { isOfInstances, isOnlySplit, maskRole, splitOfFolder } from './folder-roles.ts'
import { hasMaskWord, inCaseOf, namesInMask, sameName, withoutEnding } from './mask-names.ts'
import type { PictureFacts } from './picture-facts.ts'

export interface FoundMasks {
  photographs: string[]
  /**
   * Masks whose photograph is still to be found: those in folders of their own, with the number of the folder that
   * says so, and pictures that look like masks and whose photograph is not clear.
   */
  open: { file: string; folder: number | null }[]
  /** Masks in the folder of their photograph. */
  beside: { mask: string; photograph: string }[]
  /** Of those, the ones that differ from their photograph in the ending only. */
  sameName: number
  /** Masks of objects beside masks of classes; they say nothing new. */
  ofInstances: string[]
  /** Photographs with a word for masks in their names that were not looked at. */
  notLookedAt: Set<string>
}

/** What a person said of folders, by their paths. */
export interface SaidOfFolders {
  masks: ReadonlySet<string>
  photographs: ReadonlySet<string>
}

/** So many pictures of a folder stand for all of it. */
const sampleSize = 4
/** So many pairs of one name that are a photograph and its mask stand for the others. */
const manyPairs = 40
/** So many pictures with telling names are looked at before an import; the others when they are read. */
const mostLookedAt = 300

/** What was learned from the folders before. */
interface SoFar {
  /** Pictures that were looked at because of their names. */
  lookedAt: number
  /** The endings of masks that have the name of their photograph, and how many there were. */
  endings: Map<string, number>
}

export const folderOf = (file: string): string =>
  file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.'

/** The names of the folders on the way to a folder, from the outermost. */
export const segmentsOf = (folder: string): string[] => (folder === '.' ? [] : folder.split('/'))
const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1)
const endingOf = (file: string): string => nameOf(file).slice(stemOf(file).length)
const stemOf = (file: string): string => withoutEnding(nameOf(file))

function grouped(files: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const file of files) {
    const folder = folderOf(file)
    const known = groups.get(folder)
    if (known) known.push(file)
    else groups.set(folder, [file])
  }
  return groups
}

/** Some of the files, spread over all of them. */
function sampleOf(files: readonly string[]): string[] {
  const step = Math.max(1, Math.floor(files.length / sampleSize))
  return files.filter((_, i) => i % step === 0).slice(0, sampleSize)
}

export async function findMasks(
  pictures: readonly string[],
  facts: PictureFacts,
  said: SaidOfFolders,
): Promise<FoundMasks> {
  const folders = grouped(pictures)
  const found: FoundMasks = {
    photographs: [],
    open: [],
    beside: [],
    sameName: 0,
    ofInstances: [],
    notLookedAt: new Set(),
  }
  const maskFolders = await findMaskFolders(folders, facts, said)
  const hasClasses = [...maskFolders.keys()].some((folder) => !segmentsOf(folder).some(isOfInstances))
  for (const [folder, files] of folders) {
    const at = maskFolders.get(folder)
    if (at === undefined) continue
    if (hasClasses && segmentsOf(folder).some(isOfInstances)) found.ofInstances.push(...files)
    else found.open.push(...files.map((file) => ({ file, folder: at })))
  }
  const soFar: SoFar = { lookedAt: 0, endings: new Map() }
  for (const [folder, files] of folders) {
    if (maskFolders.has(folder)) continue
    if (said.photographs.has(folder)) found.photographs.push(...files)
    else await separate(files, facts, found, soFar)
  }
  return found
}

/** The folders of masks, each with the number of the folder in its path that says so: the last one where a person did. */
async function findMaskFolders(
  folders: ReadonlyMap<string, string[]>,
  facts: PictureFacts,
  said: SaidOfFolders,
): Promise<Map<string, number>> {
  const masks = new Map<string, number>()
  const likely: [folder: string, at: number][] = []
  const open: string[] = []
  const told: string[] = []
  for (const folder of folders.keys()) {
    if (said.photographs.has(folder)) continue
    const segments = segmentsOf(folder)
    const at = segments.findIndex((name) => maskRole(name) !== null)
    if (said.masks.has(folder)) {
      masks.set(folder, at < 0 ? segments.length - 1 : at)
      if (at < 0) told.push(folder)
    } else if (at < 0) open.push(folder)
    // test/mask may be a type of defects, ground_truth never is.
    else if (
      maskRole(segments[at] ?? '') === 'certain' &&
      (at === 0 || splitOfFolder(segments[at - 1] ?? '') === null)
    ) {
      masks.set(folder, at)
    } else likely.push([folder, at])
  }

  const foldersOfStem = new Map<string, Set<string>>()
  for (const [folder, files] of folders) {
    if (masks.has(folder)) continue
    for (const file of files) {
      const stem = sameName(stemOf(file))
      const known = foldersOfStem.get(stem)
      if (known) known.add(folder)
      else foldersOfStem.set(stem, new Set([folder]))
    }
  }
  const hasTwin = (file: string, isOther: (folder: string) => boolean): boolean =>
    namesInMask(stemOf(file)).some((name) => [...(foldersOfStem.get(name) ?? [])].some(isOther))
  const areFlat = async (files: readonly string[]): Promise<boolean> => {
    const sample = sampleOf(files)
    let flat = 0
    for (const file of sample) if (await facts.looksLikeMask(file)) flat += 1
    return flat > sample.length / 2
  }

  for (const [folder, at] of likely) {
    const files = folders.get(folder) ?? []
    const sample = sampleOf(files)
    const isElsewhere = (other: string): boolean =>
      other !== folder && maskRole(segmentsOf(other)[at] ?? '') === null
    const twins = sample.filter((file) => hasTwin(file, isElsewhere)).length
    if (twins >= sample.length / 2 && (await areFlat(files))) masks.set(folder, at)
  }
  // Two folders that differ in one name, or in that one has it and the other has not, and have files of the same
  // names: one may hold the masks of the other.
  const alike = new Map<string, string[]>()
  const add = (pattern: string, folder: string): void => {
    const known = alike.get(pattern)
    if (known) known.push(folder)
    else alike.set(pattern, [folder])
  }
  for (const folder of [...open, ...told]) {
    const segments = segmentsOf(folder)
    add(`without ${segments.join('/')}`, folder)
    for (const at of segments.keys()) add(`${at} ${segments.toSpliced(at, 1).join('/')}`, folder)
  }
  const isOfAlike = (folder: string, at: number): boolean => {
    const rest = segmentsOf(folder).toSpliced(at, 1).join('/')
    const others = new Set([...(alike.get(`${at} ${rest}`) ?? []), ...(alike.get(`without ${rest}`) ?? [])])
    const isOther = (other: string): boolean => other !== folder && others.has(other) && !masks.has(other)
    const sample = sampleOf(folders.get(folder) ?? [])
    return others.size > 0 && sample.every((file) => hasTwin(file, isOther))
  }
  for (const folder of told) {
    const at = [...segmentsOf(folder).keys()].find((number) => isOfAlike(folder, number))
    if (at !== undefined) masks.set(folder, at)
  }
  for (const folder of open) {
    for (const [at, name] of segmentsOf(folder).entries()) {
      if (isOnlySplit(name) || labelOfFolder(name) !== null || masks.has(folder)) continue
      if (isOfAlike(folder, at) && (await areFlat(folders.get(folder) ?? []))) masks.set(folder, at)
    }
  }
  return masks
}

/** Tells the photographs of one folder from the masks that lie among them. */
async function separate(
  files: readonly string[],
  facts: PictureFacts,
  found: FoundMasks,
  soFar: SoFar,
): Promise<void> {
  const byStem = new Map<string, string[]>()
  const byName = new Map<string, string[]>()
  const add = (index: Map<string, string[]>, name: string, file: string): void => {
    const known = index.get(sameName(name))
    if (known) known.push(file)
    else index.set(sameName(name), [file])
  }
  for (const file of files) {
    add(byName, nameOf(file), file)
    add(byStem, stemOf(file), file)
  }

  const masks = new Set<string>()
  const named = files.filter((file) => hasMaskWord(stemOf(file)))
  const pairs = named.flatMap((file) => {
    const photograph = photographOf(file, byStem, byName)
    return photograph === null ? [] : [{ mask: file, photograph }]
  })
  const sample = sampleOf(pairs.map(({ mask }) => mask))
  let flat = 0
  for (const file of sample) if (await facts.looksLikeMask(file)) flat += 1
  if (flat > 0) {
    for (const pair of pairs) {
      masks.add(pair.mask)
      found.beside.push(pair)
    }
  }
  for (const pair of await pairsOfSameName(byStem, masks, facts, soFar)) {
    masks.add(pair.mask)
    found.beside.push(pair)
    found.sameName += 1
  }
  for (const file of files) {
    if (masks.has(file)) continue
    if (hasMaskWord(stemOf(file))) {
      if (soFar.lookedAt >= mostLookedAt) found.notLookedAt.add(file)
      else {
        soFar.lookedAt += 1
        if (await facts.looksLikeMask(file)) {
          found.open.push({ file, folder: null })
          continue
        }
      }
    }
    found.photographs.push(file)
  }
}

/** The photograph in the same folder whose name is in a mask's name; null where there is none, or more than one. */
function photographOf(
  mask: string,
  byStem: ReadonlyMap<string, string[]>,
  byName: ReadonlyMap<string, string[]>,
): string | null {
  const only = (found: readonly string[]): string | null => {
    const [photograph, ...more] = inCaseOf(mask, found, (file) => file)
    return photograph === undefined || more.length > 0 ? null : photograph
  }
  const [own, ...names] = namesInMask(stemOf(mask))
  for (const name of names) {
    const found = byName.get(name) ?? byStem.get(name)
    if (found !== undefined) return only(found)
  }
  return own === undefined ? null : only(byName.get(own) ?? [])
}

/** Groups of files of one name; where two of them have one ending too (A.png, a.png), the case tells them apart. */
function groupsOfName(byStem: ReadonlyMap<string, string[]>): string[][] {
  return [...byStem.values()].flatMap((all) => {
    const endings = new Set(all.map((file) => endingOf(file).toLowerCase()))
    if (endings.size === all.length) return [all]
    return Object.values(Object.groupBy(all, (file) => stemOf(file).normalize('NFC'))).map(
      (group) => group ?? [],
    )
  })
}

/**
 * Two pictures of one folder that differ in the ending only: a mask and its photograph where one of them has few values
 * and both have one size, as in Real-IAD; else two photographs.
 */
async function pairsOfSameName(
  byStem: ReadonlyMap<string, string[]>,
  masks: ReadonlySet<string>,
  facts: PictureFacts,
  { endings }: SoFar,
): Promise<{ mask: string; photograph: string }[]> {
  const pairs: { mask: string; photograph: string }[] = []
  for (const all of groupsOfName(byStem)) {
    if (all.length < 2) continue
    const same = all.filter((file) => !masks.has(file))
    const [usual, ...others] = [...endings]
    // After so many pairs that were alike, the others are taken to be so without a look at their pixels.
    const isUsual = usual !== undefined && others.length === 0 && usual[1] >= manyPairs
    const flat: string[] = []
    for (const file of same) {
      if (isUsual ? endingOf(file) === usual[0] : await facts.looksLikeMask(file)) flat.push(file)
    }
    const photographs = same.filter((file) => !flat.includes(file))
    const [photograph] = photographs
    if (photograph === undefined || photographs.length > 1) continue
    const size = isUsual ? null : await facts.sizeOf(photograph)
    for (const mask of flat) {
      const other = isUsual ? null : await facts.sizeOf(mask)
      if (size?.width !== other?.width || size?.height !== other?.height) continue
      pairs.push({ mask, photograph })
      endings.set(endingOf(mask), (endings.get(endingOf(mask)) ?? 0) + 1)
    }
  }
  return pairs
}
