/** The names of masks: which photograph's name is in them, in the ways that programs and people write them. */

/** Names are compared in the composed form of Unicode and in lower case. */
export const sameName = (name: string): string => name.normalize('NFC').toLowerCase()

export const withoutEnding = (name: string): string => name.replace(/(?<=.)\.[^./]*$/, '')

const words =
  'ground[ _-]?truth|groundtruth|masks?|gt|labels?|lbl|seg|segm|segmentation|annotation|annot|anno|msk|matte|binary|掩码|マスク'

/** A word for masks at the end, perhaps with a number behind it: 007_mask, 007.MASK, 006_mask_0. */
const atEnd = new RegExp(`[ ._-]+(?:${words})(?:[ ._-]*\\(?\\d{1,4}\\)?)?$`, 'i')
/** A word for masks at the end that is written to the name: 007mask. */
const atEndTogether = /(?<=\d)(?:mask|gt|label|seg)$/i
/** A word for masks at the beginning: mask_008, gt-8. */
const atBegin = new RegExp(`^(?:${words})[ ._-]+(?=.)`, 'i')
/** Written to a number: mask3, as in image3.png with mask3.png. */
const atBeginTogether = /^(?:mask|gt|label|seg)(?=\d)/i
/** Words for photographs before a number. */
const pictureWord = /^(?:image|img|photo|picture|pic|frame|sample|im)[ ._-]*(?=\d)/i

/** Whether a name (without its ending) has a word for masks at an end of it. */
export const hasMaskWord = (stem: string): boolean =>
  atEnd.test(stem) || atEndTogether.test(stem) || atBegin.test(stem) || atBeginTogether.test(stem)

/**
 * The names of photographs that a mask's name may mean, the most certain first; in the form of `sameName`. A name
 * among them may have an ending: 000.png_mask belongs to 000.png and not to 000.jpg.
 */
export const namesInMask = (stem: string): string[] => [...new Set(writtenInMask(stem).map(sameName))]

/** The same names as they are written, in the composed form of Unicode. */
function writtenInMask(stem: string): string[] {
  const names = [stem]
  for (const pattern of [atEnd, atEndTogether, atBegin]) {
    const short = stem.replace(pattern, '')
    if (short === '' || short === stem) continue
    names.push(short)
    // crack_mask_gt has two of them.
    const shorter = short.replace(pattern, '')
    if (shorter !== '' && shorter !== short) names.push(shorter)
  }
  return names.map((name) => name.normalize('NFC'))
}

/**
 * Of photographs of one folder that differ in upper and lower case only (A.png, a.png), those that a mask's name or its
 * folder has as they are written; all of the folder where it has none so.
 */
export function inCaseOf<T>(mask: string, found: readonly T[], fileOf: (item: T) => string): T[] {
  if (found.length < 2) return [...found]
  const folders = mask.normalize('NFC').split('/')
  const names = new Set([...writtenInMask(withoutEnding(folders.pop() ?? '')), ...folders])
  const isWritten = (item: T): boolean => {
    const name = fileOf(item).normalize('NFC').replace(/^.*\//, '')
    return names.has(name) || names.has(withoutEnding(name))
  }
  const around = (item: T): string => fileOf(item).replace(/[^/]*$/, '')
  const decided = new Set(found.filter(isWritten).map(around))
  return found.filter((item) => isWritten(item) || !decided.has(around(item)))
}

/** The number that is left of image3 and mask3 without their words; null where it is no number. */
export function bareNumber(stem: string, of: 'photograph' | 'mask'): string | null {
  const bare =
    of === 'mask' ? stem.replace(atBegin, '').replace(atBeginTogether, '') : stem.replace(pictureWord, '')
  const short = sameName(bare)
  return bare !== stem && /^\d/.test(bare) ? short : null
}
