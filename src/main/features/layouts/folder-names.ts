/**
 * What words say of the parts on photographs: the names of folders, and the cells of a table. A name is understood as
 * a whole; a part of it counts only where the rest says nothing, so that "not ok" or "defect-free" never becomes its
 * opposite.
 */

import type { Label } from '../../../shared/image.ts'
import { listed } from './listed.ts'

type Known = Exclude<Label, 'unlabeled'>

/** Words of the languages of the people who name folders; in any case, with or without accents and full width. */
const words: Record<Known, readonly string[]> = {
  normal: [
    // English
    ...listed(`
      normal, normals, good, ok, okay, pass, passed, accept, accepted, healthy, flawless
    `),
    // German
    ...listed('io, gut, gute, gutteil, gutteile, fehlerfrei, einwandfrei, i o'),
    // French, Spanish, Italian, Portuguese
    ...listed(`
      bon, bons, bonne, bonnes, conforme, conformes, bueno, buenos, buena, buenas, correcto, correctos
    `),
    ...listed(`
      aceptado, buono, buoni, buona, buone, conformi, bom, boa, boas, aprovado, aprovados, aprobado
    `),
    // Dutch, Polish, Czech, Hungarian, Romanian, Turkish, Swedish
    ...listed(`
      goed, goede, dobry, dobre, dobra, vyhovuje, megfelelo, hibatlan, bune, iyi, saglam, hatasiz, kusursuz
    `),
    ...['godkand', 'felfri'],
    // Russian, Ukrainian
    ...listed(`
      годен, годные, годная, хороший, хорошие, норма, нормальные, исправен, исправные, придатні
    `),
    // Chinese
    ...listed('良品, 合格, 合格品, 正常, 正常品, 好品, 好件, 正品, 良, 好, 优良, 通过, 通過, 正样本'),
    // Japanese, Korean
    ...listed('良好, 良品画像, 정상, 양품, 합격, 합격품'),
  ],
  anomalous: [
    ...listed(`
      anomaly, anomalies, anomalous, abnormal, abnormals, defect, defects, defective, bad, ng, ko
    `),
    ...listed(`
      nok, fail, failed, failure, failures, reject, rejects, rejected, faulty, scrap, damaged
    `),
    ...listed(`
      nio, n i o, mangelhaft, unbrauchbar, schlecht, schlechte, schlechtteil, schlechtteile, ausschuss, fehler, fehlerhaft, defekt,
      defekte
    `),
    ...listed(`
      mauvais, mauvaise, mauvaises, defaut, defauts, defectueux, defectueuse, rebut, rebuts, anomalie
    `),
    ...listed(`
      malo, malos, mala, malas, defecto, defectos, defectuoso, defectuosos, rechazado, rechazados,
      anomalia, anomalias
    `),
    ...listed(`
      difetto, difetti, difettoso, difettosi, scarto, scarti, ruim, ruins, defeito, defeitos, defeituoso,
      reprovado
    `),
    ...listed(`
      slecht, fout, fouten, afgekeurd, zly, zle, wada, wady, wadliwe, wadliwy, spatny, vada, vady, vadne,
      selejt
    `),
    ...listed('hibas, rebutat, defecte, kotu, hatali, hata, kusur, kusurlu, underkand'),
    ...listed(`
      брак, дефект, дефекты, дефектные, плохой, плохие, негодные, негоден, неисправные, аномалия, аномалии
    `),
    ...listed(
      '不良, 不良品, 不合格, 不合格品, 缺陷, 缺陷品, 异常, 异常品, 瑕疵, 瑕疵品, 次品, 废品, 坏品, 坏件, 坏, 残次品, 报废',
    ),
    ...listed('異常, 異常品, 欠陥, 欠陥品, 不良画像, 불량, 불량품, 결함, 비정상, 불합격, 이상, 负样本'),
  ],
}

/** What may stand beside a word without changing it: numbers, and words for pictures, parts and folders. */
const fillers = new Set(
  [
    ...listed(`
      part, parts, piece, pieces, sample, samples, product, products, item, items, image, images, img,
      imgs
    `),
    ...listed(`
      photo, photos, picture, pictures, pic, pics, data, set, dataset, folder, dir, class, the
    `),
    ...listed(`
      teil, teile, bild, bilder, ordner, piece, pieces, photo, pieza, piezas, imagen, imagenes, pezzo,
      pezzi, immagini
    `),
    ...listed('train, training, test, testing, val, valid, validation'),
    ...listed(`
      品, 件, 类, 類, 组, 組, 图, 圖, 图片, 图像, 圖片, 画像, 写真, 照片, 样本, 样品, 产品, 製品, 数据, データ, フォルダ, フォルダー, 文件夹, 部品, サンプル,
      제품, 이미지, 폴더
    `),
  ].map(plain),
)

/** Words and characters that turn another word around, in any place of a name. */
const negations =
  /(?:^| )(?:not?|non|none|never|without|free|less|un|anti|kein|keine|ohne|nicht|frei|sans|pas|sin|sem|sensa|senza|zonder|niet|geen|bez|nie|fara|olmayan|yok|без|не|нет|khong|isnt|aint|quasi|almost|maybe|unsure)(?: |$)|[无無非未没沒不否勿]|なし|ない|없|안|비(?:불량|결함)|무(?:결함)/u

/** Compatibility form, lower case, no accents; whatever is no letter or digit becomes one space. */
export function plain(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .normalize('NFC')
    .replaceAll('ı', 'i')
    .replaceAll('ł', 'l')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

const labels = new Map<string, Known>(
  (['normal', 'anomalous'] as const).flatMap((label) =>
    words[label].map((word) => [plain(word), label] as const),
  ),
)

/** The words of a plain name; where letters, digits and writing systems meet, one ends and the next begins. */
const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/(\p{N})(?=\p{L})|(\p{L})(?=\p{N})/gu, '$1$2 ')
    .replaceAll(
      /([\p{Script=Latin}\p{Script=Cyrillic}])(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])/gu,
      '$1 ',
    )
    .replaceAll(
      /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])(?=[\p{Script=Latin}\p{Script=Cyrillic}])/gu,
      '$1 ',
    )
    .split(' ')
    .filter((word) => word !== '')

/** A Chinese, Japanese or Korean word with a filler written to it: 良品フォルダ, 不良品图片. */
function withoutFiller(word: string): string {
  if (labels.has(word) || fillers.has(word)) return word
  const filler = [...fillers].find(
    (end) => /[^\p{ASCII}]/u.test(end) && word.endsWith(end) && labels.has(word.slice(0, -end.length)),
  )
  return filler === undefined ? word : word.slice(0, -filler.length)
}

/** `unclear`: a word for good or bad with more beside it. `defects`: one for bad with nothing that turns it around. */
export type Stated = Known | 'unclear' | 'defects' | null

/**
 * The label that a name states; null where it has no word for good or bad. "defective painting" is no label of its
 * own (`defects`), but as the name of a type of defects it is no riddle either.
 */
export function labelOfName(name: string): Stated {
  const known = answers.get(name)
  if (known !== undefined) return known
  if (answers.size >= mostAnswers) answers.clear()
  const said = statedBy(name)
  answers.set(name, said)
  return said
}

/** A folder has few names of folders, and each is asked for once for every file. */
const answers = new Map<string, Stated>()
const mostAnswers = 10_000

function statedBy(name: string): Stated {
  const text = plain(name)
  const whole = labels.get(text)
  if (whole) return whole
  const parts = wordsOf(text).map(withoutFiller)
  const said = new Set(parts.flatMap((part) => labels.get(part) ?? []))
  const together = text.replaceAll(' ', '')
  const isNegated =
    negations.test(withoutWords(parts.join(' '))) ||
    negatedTogether.test(together) ||
    negatedAtEnd.test(together)
  const isAlone = parts.every((part) => labels.has(part) || fillers.has(part) || /^\p{N}+$/u.test(part))
  const [only] = said
  if (only !== undefined && said.size === 1 && isAlone) return only
  for (const label of wordsInside(text)) said.add(label)
  if (said.size === 0) return negatedTogether.test(together) ? 'unclear' : null
  return said.has('normal') || isNegated ? 'unclear' : 'defects'
}

const longest = (a: string, b: string): number => b.length - a.length
const isLong = (word: string): boolean => word.length >= 4 || /[^\p{ASCII}]{2}/u.test(word)
const wordsOfLabel = (label: Known): string[] =>
  [...labels].flatMap(([word, of]) => (of === label && isLong(word) ? [word] : [])).sort(longest)
const anomalousWords = wordsOfLabel('anomalous')
const normalWords = wordsOfLabel('normal')

/** The labels of words that are written together with others: "defektfrei", "abnormalities". */
function wordsInside(text: string): Known[] {
  // "abnormal" has "normal" in it, and 不良 has 良: the words for bad are taken out first.
  const rest = withoutWords(text)
  return [
    ...(rest === text ? [] : ['anomalous' as const]),
    ...(normalWords.some((word) => rest.includes(word)) ? ['normal' as const] : []),
  ]
}

const negatedTogether =
  /^(?:not?|non|un|in|kein)(?:ok|okay|gut|good|normal|defect\w*|defekt\w*|io|bad|ng|pass\w*|conform\w*)$/u
const negatedAtEnd = /(?:frei|free|less)$/u

/** Without the words for bad, which in Chinese and Japanese begin with a "not" themselves: 不良. */
const withoutWords = (text: string): string =>
  anomalousWords.reduce((left, word) => left.replaceAll(word, ' '), text)

/** The label that a folder's name states; null where it states none, or none that is certain. */
export function labelOfFolder(name: string): Known | null {
  const label = labelOfName(name)
  return label === 'normal' || label === 'anomalous' ? label : null
}
