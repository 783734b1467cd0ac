/** What the label of a drawn shape says, where it is no kind of defect. */
import { ignoredType } from '../../../shared/label.ts'
import { labelOfFolder } from '../layouts/folder-names.ts'

/**
 * Words for what is no object, in the languages of the people who draw: labelme's own `__ignore__` and `_background_`
 * among them, since only the letters count.
 */
const ignored: ReadonlySet<string> = new Set(
  [
    [
      'ignore',
      'ignored',
      'ignoreregion',
      'ignorearea',
      'void',
      'background',
      'bg',
      'dontcare',
      'unlabeled',
      'unlabelled',
    ],
    [
      'hintergrund',
      'ignorieren',
      'fond',
      'arriereplan',
      'ignorer',
      'fondo',
      'ignorar',
      'sfondo',
      'ignora',
      'fundo',
    ],
    [
      'achtergrond',
      'negeren',
      'tlo',
      'pozadi',
      'pozadie',
      'hatter',
      'bakgrund',
      'baggrund',
      'bakgrunn',
      'arkaplan',
    ],
    [
      'фон',
      'игнорировать',
      '背景',
      '忽略',
      '忽视',
      '无视',
      '無視',
      '除外',
      '背景领域',
      '배경',
      '무시',
      'nen',
      'nền',
    ],
  ].flat(),
)

/** Only letters and digits count: `__ignore__`, `Ignore` and full-width letters are one word. */
const bare = (label: string): string =>
  label
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')

/** `ignored` for a word that marks no object, `good` for one that says that the part is good, else `defect`. */
export function meaningOf(label: string): 'ignored' | 'good' | 'defect' {
  const word = bare(label)
  if (ignored.has(word)) return 'ignored'
  return labelOfFolder(label.normalize('NFKC')) === 'normal' || labelOfFolder(word) === 'normal'
    ? 'good'
    : 'defect'
}

/** Of a shape in a document: `kept` for a defect, and for a region to be ignored as Fanoscope and labelme write it. */
export function meaningOfShape(label: string): 'ignored' | 'good' | 'kept' {
  if (label.trim() === ignoredType) return 'kept'
  const meaning = meaningOf(label)
  return meaning === 'defect' ? 'kept' : meaning
}
