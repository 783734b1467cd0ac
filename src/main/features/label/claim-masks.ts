/** Finds the photographs of masks that are pictures, as the plan of an import does. */
import type { Image } from '../../../shared/image.ts'
import { message } from '../../../shared/messages/message.ts'
import type { Size } from '../../images/orientation.ts'
import { folderOf, segmentsOf } from '../layouts/find-masks.ts'
import { placedIn } from '../layouts/folder-meaning.ts'
import { maskRole } from '../layouts/folder-roles.ts'
import { isMaskFile, maskKey } from '../layouts/mask-keys.ts'
import { matchMasks, type Placed, type PlacedPhotograph } from '../layouts/match-masks.ts'
import { pictureFacts } from '../layouts/picture-facts.ts'
import { type ClaimContext, Claims, imagesByName, noImage } from './claims.ts'
import { meaningOf } from './label-words.ts'
import { folded } from './match-photograph.ts'

const isPicture = (file: string): boolean => /\.(png|bmp|tiff?|jpe?g|webp|gif)$/i.test(file)

/** The files that are masks: those in a folder of masks; in a folder that has none, every picture. */
export function isMaskPicture(files: readonly string[]): string[] {
  const inFolder = files.filter(isMaskFile)
  return inFolder.length > 0 ? inFolder : files.filter(isPicture)
}

const foldersIn = (file: string): string[] => segmentsOf(folderOf(file))

const keyOf = (file: string): string => maskKey(isMaskFile(file) ? file : `masks/${file}`, 'mvtec')

/** Masks of an export are found by the names that it gave them, others by split, folder, name and size. */
export async function claimsOfMasks(
  { report, root }: ClaimContext,
  files: readonly string[],
  names: ReadonlyMap<Image['id'], string>,
  images: readonly Image[],
): Promise<Claims> {
  const byExport = imagesByName(names, images)
  // Two photographs of one path are two versions of it: the path alone says neither.
  const byFile = new Map<string, Image[]>()
  for (const image of images) byFile.set(image.file, [...(byFile.get(image.file) ?? []), image])
  const claims = new Claims()
  const claim = (image: Image, file: string): void => {
    const folder = foldersIn(file).at(-1) ?? null
    const isType = folder !== null && maskRole(folder) === null && meaningOf(folder) === 'defect'
    claims.of(image, file).masks.push({ file, type: isType ? folder : null })
  }
  const open: Placed[] = []
  for (const file of files) {
    const key = keyOf(file)
    // Of a photograph in no folder, an export puts the mask into a folder of its type.
    const exact = byExport.get(folded(key)) ?? byExport.get(folded(key.replace(/^[^/]+\//, '')))
    if (exact) {
      claim(exact, file)
      continue
    }
    const folders = foldersIn(file)
    const at = folders.findIndex((name) => maskRole(name) !== null)
    open.push({ file, ...placedIn(folders, at < 0 ? null : at) })
  }
  const placed = [...byFile.keys()].map((file): PlacedPhotograph => {
    const isNormal = byFile.get(file)?.every(({ label }) => label === 'normal') ?? false
    return { file, ...placedIn(foldersIn(file), null), isNormal }
  })
  const facts = pictureFacts(root)
  const sizeOf = async (file: string): Promise<Size | null> => byFile.get(file)?.[0] ?? facts.sizeOf(file)
  const { masksOf, ambiguous, alone, guessed } = await matchMasks(open, placed, sizeOf)
  for (const [photograph, masks] of masksOf) {
    const [image, ...others] = byFile.get(photograph) ?? []
    for (const file of masks) {
      if (image && others.length === 0) claim(image, file)
      else
        report.skipped.push({
          file,
          ...noImage({ image: null, candidates: image ? [image, ...others] : [] }, keyOf(file)),
        })
    }
  }
  for (const { mask: file, candidates } of ambiguous) {
    const found = candidates.flatMap((candidate) => byFile.get(candidate) ?? [])
    report.skipped.push({ file, ...noImage({ image: null, candidates: found }, keyOf(file)) })
  }
  for (const file of alone) {
    report.skipped.push({ file, ...noImage({ image: null, candidates: [] }, keyOf(file)) })
  }
  for (const { mask: file, photograph } of guessed) {
    report.notes.push({ file, ...message('mask-guessed', { file: photograph }) })
  }
  return claims
}
