/** When two written names are the name of one person. */

/** Characters that are not seen: zero-width spaces and joiners, marks of direction, soft hyphens. */
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu

/** Letters of Greek and Cyrillic that look as one of Latin, each pair as it stands in confusables.txt of Unicode. */
const pairs =
  'АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY ХX ԌG ԚQ ԜW аa еe ѕs іi јj оo рp сc уy хx ԁd ԛq ԝw һh ӏl ᴠv ᴡw ' +
  'ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa ιi κk νv οo ρp υu γy ıi ɑa ɡg ℓl'
const latin = new Map(
  pairs.split(' ').map((pair) => {
    const [from = '', to = ''] = pair
    return [from, to] as const
  }),
)

/** The name as it is stored: composed, without what is not seen, and with plain single spaces. */
export const writtenName = (name: string): string =>
  name.normalize('NFC').replace(unseen, '').replaceAll(/\s+/gu, ' ').trim()

const folded = (name: string): string => name.toUpperCase().toLowerCase().normalize('NFC')

/** The compatible forms are one as well: full-width letters, ligatures. */
const plainName = (name: string): string => writtenName(name.normalize('NFKC'))

const looks = (name: string): string =>
  folded(plainName(Array.from(name.normalize('NFD'), (letter) => latin.get(letter) ?? letter).join('')))

/** Whether a reader could not tell the names apart, or tells them apart by case only. */
export function isSameName(a: string, b: string): boolean {
  return folded(plainName(a)) === folded(plainName(b)) || looks(a) === looks(b)
}
