/**
 * Tables beside photographs: a CSV or TSV file with a column of file names and columns for label, split, mask or type
 * of defect, such as image_anno.csv of VisA; and the JSON lists of Real-IAD, which say the same.
 */

import { readFile, stat } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import type { Label, Split } from '../../../shared/image.ts'
import { unguarded } from '../../platform/csv.ts'
import { labelOfName, plain } from './folder-names.ts'
import { splitOfFolder } from './folder-roles.ts'
import { listed } from './listed.ts'

type Known = Exclude<Label, 'unlabeled'>

/** What one row says of one file. */
export interface TableRow {
  file: string
  label: Label | null
  defectType: string | null
  split: Split | null
  masks: string[]
  /** A value of the label column that was not understood. */
  unclear: string | null
}

type Column = 'file' | 'label' | 'flag' | 'goodFlag' | 'split' | 'mask' | 'type'

/** Header words, in the form of `plain`. The first column that fits is used, of files the one that is called so. */
const headers: Record<Column, readonly string[]> = {
  file: [
    ...listed(`
      file, filename, file name, filepath, file path, image, images, image name, image path, imagepath,
      image file
    `),
    ...listed(`
      image id, imagename, img, img path, img name, path, name, photo, photograph, picture, sample
    `),
    ...listed(
      '文件, 文件名, 文件路径, 图片, 图片名, 图片名称, 图像, 图像路径, 檔名, 画像, 画像名, ファイル, ファイル名, 파일, 파일명, 이미지',
    ),
    ...listed(`
      datei, dateiname, bild, fichier, nom, archivo, imagen, immagine, ficheiro, imagem, plik, obraz,
      soubor, файл, изображение
    `),
  ],
  label: [
    ...listed(`
      label, labels, class, result, judgement, judgment, verdict, status, decision, ok ng, okng, ng ok,
      quality, state
    `),
    ...listed(
      'anomaly class, label name, class name, ground truth label, inspection, category, choice, choices',
    ),
    ...listed(
      '标签, 标注, 判定, 结果, 类别, 分类, 检测结果, ラベル, 判定結果, 結果, クラス, 라벨, 판정, 결과',
    ),
    ...listed(`
      ergebnis, urteil, klasse, bewertung, etiquette, resultat, etiqueta, resultado, clase, etichetta,
      esito, risultato, wynik, результат, метка, класс
    `),
  ],
  flag: listed(`
    anomaly, anomalous, is anomaly, is anomalous, defective, is defective, is defect, has defect, is ng,
    is bad, 是否缺陷, 是否异常, 不良フラグ
  `),
  goodFlag: listed(
    'ok, good, normal, is ok, is good, is normal, isok, isgood, 是否合格, 是否良品, 良品フラグ',
  ),
  split: listed(`
    split, set, subset, phase, usage, partition, fold, 划分, 数据集, 用途, 分割, aufteilung, ensemble, conjunto,
    выборка
  `),
  mask: listed(`
    mask, mask path, mask file, maskpath, masks, gt, gt path, ground truth, segmentation, 掩码, 掩膜, マスク,
    마스크, maske, masque, mascara, maschera, маска
  `),
  type: [
    ...listed(`
      type, defect, defect type, defecttype, defect class, anomaly type, fault, flaw, 缺陷, 缺陷类型, 缺陷类别,
      不良種類, 欠陥, 欠陥種類, 불량유형
    `),
    ...listed(`
      fehler, fehlerart, fehlertyp, defaut, type de defaut, defecto, tipo de defecto, difetto, tipo di
      difetto, defeito, тип дефекта, дефект
    `),
  ],
}
const columnOfHeader = new Map(
  (['file', 'label', 'flag', 'goodFlag', 'split', 'mask', 'type'] as const).flatMap((column) =>
    headers[column].map((word) => [plain(word), column] as const),
  ),
)

/** A larger file is no list of photographs. */
const mostBytes = 200e6

const encodings = ['utf-8', 'gb18030', 'shift_jis', 'windows-1252'] as const

function decoded(bytes: Buffer, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    // These bytes are no text of this encoding; the next one is tried.
    return null
  }
}

/** The texts that the bytes may be. A byte order mark tells; else every encoding that has no wrong byte in it. */
function texts(bytes: Buffer): string[] {
  const marked = bytes.readUInt16BE(0)
  if (marked === 0xfffe) return [decoded(bytes, 'utf-16le') ?? '']
  if (marked === 0xfeff) return [decoded(bytes, 'utf-16be') ?? '']
  const utf8 = decoded(bytes, 'utf-8')
  return utf8 === null ? encodings.slice(1).flatMap((encoding) => decoded(bytes, encoding) ?? []) : [utf8]
}

/** Lines before the header that say something of the file, as "# made by" and Excel's "sep=;", are no rows. */
function records(text: string): string[][] {
  const table = text.replace(/^(?:\ufeff?(?:#|sep=)[^\r\n]*[\r\n]+)+/i, '')
  const first = table.slice(0, table.search(/[\r\n]|$/))
  const count = (delimiter: string): number => first.split(delimiter).length
  const delimiter = ['\t', ';', ',', '|'].reduce(
    (best, next) => (count(next) > count(best) ? next : best),
    ',',
  )
  return z.array(z.array(z.string())).parse(
    parse(table, {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
    }),
  )
}

const yes = new Set(
  listed(`
    1, true, yes, y, ja, oui, si, 是, はい
  `),
)
const no = new Set(
  listed(`
    0, false, no, n, nein, non, 否, いいえ
  `),
)

const saidBy = (cell: string, ifYes: Known, ifNo: Known): Known | null =>
  yes.has(cell.toLowerCase()) ? ifYes : no.has(cell.toLowerCase()) ? ifNo : null

const listOfMasks = (cell: string): string[] =>
  cell === '' || /^(?:none|null|nan|-|n\/a)$/i.test(cell)
    ? []
    : cell
        .split(/[;|]/)
        .map((part) => part.trim())
        .filter((part) => part !== '')

/** The columns of a header; null where none is for files, or none says anything of them. */
function columnsOf(header: readonly string[]): Map<Column, number> | null {
  const columns = new Map<Column, number>()
  for (const [at, cell] of header.entries()) {
    const column = columnOfHeader.get(plain(cell))
    if (column === undefined) continue
    // A column "file" is names of files, where "image" may be numbers, as in the tables that Fanoscope writes.
    if (!columns.has(column) || (column === 'file' && plain(cell) === 'file')) columns.set(column, at)
  }
  return columns.has('file') && columns.size > 1 ? columns : null
}

interface Cells {
  file: string
  label: string
  flag: string
  goodFlag?: string
  split: string
  mask: string
  type: string
}

/** As Fanoscope's own tables say that nobody has labeled a photograph. */
const noLabel = /^unlabell?ed$/i

export function rowsOf(all: readonly Cells[]): TableRow[] {
  const hasWordForNormal = all.some(({ label }) => labelOfName(label) === 'normal')
  return all.map(({ file, label, flag, goodFlag = '', split, mask, type }) => {
    const cell = noLabel.test(label) ? '' : label
    const masks = listOfMasks(mask)
    const row: TableRow = {
      file,
      label: null,
      defectType: null,
      split: splitOfFolder(split),
      masks,
      unclear: null,
    }
    const said = labelOfName(cell)
    const types = type === '' || /^(?:none|null|nan|-|n\/a)$/i.test(type) ? null : type
    if (said === 'normal' || said === 'anomalous') row.label = said
    else if (said === 'unclear' || /^\d+$/.test(cell)) row.unclear = cell
    else if (cell !== '' && (hasWordForNormal || masks.length > 0 || said === 'defects')) {
      // A column with "normal" in some rows has the type of the defect in the others, as in VisA.
      row.label = 'anomalous'
      row.defectType = cell
    } else if (cell !== '') row.unclear = cell
    const byFlag = saidBy(flag, 'anomalous', 'normal')
    const byGoodFlag = saidBy(goodFlag, 'normal', 'anomalous')
    const flagged =
      byFlag !== null && byGoodFlag !== null && byFlag !== byGoodFlag ? null : (byFlag ?? byGoodFlag)
    if (row.label === null && flagged !== null) {
      row.label = flagged
      row.unclear = null
    }
    const typeSays = types === null ? null : labelOfName(types)
    if (row.label === null && row.unclear === null && types !== null && typeSays !== 'unclear') {
      row.label = typeSays === 'normal' ? 'normal' : 'anomalous'
    }
    if (row.label === 'anomalous' && types !== null && typeSays !== 'anomalous' && typeSays !== 'normal') {
      row.defectType = types
    }
    return row
  })
}

/** @returns null where the file is no table of photographs */
export async function readTable(
  path: string,
  isKnown: (file: string) => boolean,
): Promise<TableRow[] | null> {
  const { size } = await stat(path)
  if (size < 2 || size > mostBytes) return null
  const bytes = await readFile(path)
  let best: TableRow[] | null = null
  let mostKnown = 0
  for (const text of texts(bytes)) {
    let rows: string[][]
    try {
      rows = records(text)
    } catch {
      // Not even in rows: a file that is only called so.
      continue
    }
    const [header = [], ...body] = rows
    const columns = columnsOf(header)
    if (columns === null) continue
    const cells = body.map((row): Cells => {
      const cell = (column: Column): string => {
        const written = row[columns.get(column) ?? -1] ?? ''
        // A table that Fanoscope wrote has an apostrophe before what a spreadsheet would compute.
        const text = column === 'file' && isKnown(written) ? written : unguarded(written)
        // Label Studio writes shapes into a cell, as JSON.
        return column === 'label' && /^\s*\[\s*\{/.test(text) ? '' : text
      }
      return {
        file: cell('file'),
        label: cell('label'),
        flag: cell('flag'),
        goodFlag: cell('goodFlag'),
        split: cell('split'),
        mask: cell('mask'),
        type: cell('type'),
      }
    })
    const known = cells.filter(({ file }) => isKnown(file)).length
    if (known > mostKnown) {
      mostKnown = known
      best = rowsOf(cells.filter(({ file }) => file !== ''))
    }
  }
  return best
}

const realIadEntry = z.object({
  image_path: z.string(),
  anomaly_class: z.string().optional(),
  mask_path: z.string().nullish(),
})
const realIad = z.object({
  meta: z.object({ prefix: z.string().optional(), normal_class: z.string().optional() }),
  train: z.array(realIadEntry),
  test: z.array(realIadEntry),
})

/** The lists of Real-IAD; null for another document. */
export function readRealIad(document: unknown): TableRow[] | null {
  const read = realIad.safeParse(document)
  if (!read.success) return null
  const { meta, train, test } = read.data
  const normal = meta.normal_class ?? 'OK'
  const row =
    (split: Split) =>
    ({ image_path, anomaly_class = '', mask_path }: z.output<typeof realIadEntry>): TableRow => {
      const isNormal = anomaly_class === normal || labelOfName(anomaly_class) === 'normal'
      return {
        file: image_path,
        split,
        label: isNormal ? 'normal' : 'anomalous',
        defectType: isNormal || anomaly_class === '' ? null : anomaly_class,
        masks: mask_path ? [mask_path] : [],
        unclear: null,
      }
    }
  return [...train.map(row('train')), ...test.map(row('test'))]
}
