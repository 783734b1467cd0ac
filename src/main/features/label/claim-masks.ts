/** Finds the photographs of masks that are pictures. */
import { basename, dirname } from 'node:path'
import type { Image } from '../../../shared/image.ts'
import { isMaskFile, maskKey } from '../layouts/mask-keys.ts'
import { type ClaimContext, Claims, imagesByName, noImage } from './claims.ts'
import { meaningOf } from './label-words.ts'
import { folded, type Match, type Wanted } from './match-photograph.ts'

const isPicture = (file: string): boolean => /\.(png|bmp|tiff?|jpe?g|webp|gif)$/i.test(file)

/** The files that are masks: those in a folder of masks; in a folder that has none, every picture. */
export function isMaskPicture(files: readonly string[]): string[] {
  const inFolder = files.filter(isMaskFile)
  return inFolder.length > 0 ? inFolder : files.filter(isPicture)
}

/** What people add to the name of a mask. */
const maskSuffix = /[ ._-]?(?:mask|masks|gt|label|labels|seg|segmentation|annotation)(?:[ ._-]?\d+)?$/i
const maskPrefix = /^(?:mask|gt|label|seg)[ ._-]?/i

/** The photograph of a mask, by what the name says, from its most literal reading on. */
function photographOfMask(
  match: ClaimContext['match'],
  names: ReadonlyMap<string, Image>,
  file: string,
): { found: Match; key: string } {
  const key = isMaskFile(file) ? maskKey(file, 'mvtec') : maskKey(`masks/${file}`, 'mvtec')
  const exact = names.get(folded(key))
  if (exact) return { found: { image: exact, isLikely: false }, key }
  const folder = dirname(key) === '.' ? '' : `${dirname(key)}/`
  const last = basename(key)
  const bare = last.replace(maskSuffix, '').replace(maskPrefix, '')
  const numbered = bare.replace(/[ _-]\d+$/, '')
  const stems = [...new Set([last, bare, numbered])].filter((stem) => stem !== '')
  const tries: Wanted[] = [
    ...stems.map((stem) => ({ name: `${folder}${stem}`, isStem: true, isWhole: true })),
    // MVTec LOCO has a folder of masks for each photograph.
    ...(folder === '' ? [] : [{ name: dirname(key), isStem: true, isWhole: true }]),
    // The name may have the photograph's own ending: 000.png_mask.png.
    { name: key, isWhole: true },
    ...stems.map((stem) => ({ name: `${folder}${stem}`, isStem: true })),
    { name: key },
  ]
  let several: Match = { image: null, candidates: [] }
  for (const wanted of tries) {
    const found = match(wanted)
    if (found.image !== null) return { found, key }
    // In these layouts the masks beside the photographs are those of the test.
    const ofTest = found.candidates.filter((image) => folded(image.file).startsWith('test/'))
    const [one] = ofTest
    if (one && ofTest.length === 1) return { found: { image: one, isLikely: false }, key }
    if (several.image === null && several.candidates.length === 0) several = found
  }
  return { found: several, key }
}

export function claimsOfMasks(
  { match, report }: ClaimContext,
  files: readonly string[],
  names: ReadonlyMap<Image['id'], string>,
  images: readonly Image[],
): Claims {
  const byName = imagesByName(names, images)
  const claims = new Claims()
  for (const file of files) {
    const { found, key } = photographOfMask(match, byName, file)
    if (found.image === null) report.skipped.push({ file, ...noImage(found, key) })
    else {
      const folder = key.includes('/') ? (key.split('/').at(-2) ?? null) : null
      const type = folder !== null && meaningOf(folder) === 'defect' ? folder : null
      claims.of(found.image, file).masks.push({ file, type })
    }
  }
  return claims
}
