/**
 * Warnings, refusals and problems are codes with the values of their sentences. Until version 7 they were stored as
 * English sentences; the patterns here read those back, once. They are those of that version and never change.
 */
import { z } from 'zod'
import type { Message, NestedMessage, Params, Topic } from '../../../shared/messages/message.ts'
import type { Database } from '../database.ts'
import type { Migration } from '../migrate.ts'

/** A sentence of version 7; the groups of the pattern are the values. */
type Sentence = readonly [code: string, pattern: RegExp, params?: Params]

const warnings: readonly Sentence[] = [
  ['decoder-warned', /^the decoder warned: (?<words>.*)$/s],
  ['transparency-flattened', /^transparency was flattened on black$/],
  ['first-page-only', /^the file has (?<pages>\d+) pages; only the first page is used$/],
  ['cmyk-converted', /^CMYK was converted to sRGB$/],
  ['smaller-than-tile', /^smaller than a tile: its border pixels were repeated to fill one$/],
  ['no-part-found', /^no part was found on it: all of the photograph counts$/],
  ['mask-of-normal', /^not used: (?<file>.+) is labeled normal$/],
  [
    'mask-size',
    /^not used: the mask has (?<width>\d+) x (?<height>\d+) pixels, (?<file>.+) has (?<fileWidth>\d+) x (?<fileHeight>\d+)$/,
  ],
  ['mask-empty', /^not used: the mask of (?<file>.+) marks no pixel$/],
  ['mask-alone', /^not used: no photograph belongs to this mask$/],
  ['mask-refused', /^not used: (?<refusal>.+)$/s],
  ['no-mask', /^no mask belongs to this photograph$/],
  ['copy-removed', /^not added: the same photograph \((?<file>.+)\) was removed from the dataset$/],
  ['removed', /^not added: it was removed from the dataset$/],
  [
    'other-label',
    /^the same photograph is labeled (?<label>\w+) as (?<file>.+) and (?<other>\w+) here; the first was kept$/,
  ],
  ['other-split', /^the same photograph is for training as (?<file>.+) and for testing here;/],
  ['no-normal', /^there is no photograph labeled normal, and training needs them:/],
  [
    'went-back',
    /^(?<problem>.+), at step (?<step>\d+) of stage "(?<phase>[^"]+)"\. The training went back to step (?<backStep>\d+) of stage "(?<backPhase>[^"]+)" and goes on with (?<share>\S+) of the learning rate\.$/,
  ],
  [
    'goes-on',
    /^(?<problem>.+), at step (?<step>\d+) of stage "(?<phase>[^"]+)"\. It is as before after (?<times>\d+) restarts: the training goes on as it is\.$/,
  ],
]

/** Why a training went wrong, and where the audit does not hold. */
const reasons: readonly Sentence[] = [
  ['pictures-not-numbers', /^The generator makes pictures that are not numbers$/],
  [
    'pictures-alike',
    /^The generator makes the same picture from every z \(spread (?<spread>\S+), photographs (?<photographs>\S+)\)$/,
  ],
  ['discriminator-decided', /^The discriminator tells every image apart and teaches the generator nothing$/],
  ['critic-flat', /^The critic gives every image the same value$/],
  ['loss-not-a-number', /^The (?<name>.+) loss is no longer a number$/],
  [
    'audit-row-form',
    /^Row (?<row>\d+) of the audit was changed: it is no longer of the form that every row has\.$/,
  ],
  ['audit-row-missing', /^Row (?<row>\d+) of the audit is missing\.$/],
  ['audit-rows-missing', /^The rows (?<first>\d+) to (?<last>\d+) of the audit are missing\.$/],
  ['audit-row-changed', /^Row (?<row>\d+) of the audit \((?<action>[^,]+), (?<at>[^)]+)\) was changed\.$/],
  [
    'audit-row-unlinked',
    /^Row (?<row>\d+) of the audit \((?<action>[^,]+), (?<at>[^)]+)\) does not follow the row before it\.$/,
  ],
  [
    'audit-live-parts',
    /^What is stored of the live parts (?<parts>.+) is not what row (?<row>\d+) of the audit tells\.$/,
  ],
  ['audit-end-missing', /^The audit ends at row (?<last>\d+), and (?<written>\d+) rows were written\.$/],
]

/** Why a file was refused; each began with its code as words. */
const refusals: readonly Sentence[] = [
  ['empty-file', /^empty file: zero bytes$/],
  ['not-an-image', /^not an image, by its content$/],
  ['unsupported-type', /^unsupported type: HEIF, AVIF or video$/, { case: 'video' }],
  ['unsupported-type', /^unsupported type: icon$/, { case: 'icon' }],
  ['unsupported-type', /^unsupported type: camera raw$/, { case: 'camera-raw' }],
  ['unsupported-type', /^unsupported type: camera raw \(CR2\)$/, { case: 'camera-raw-cr2' }],
  ['unsupported-type', /^unsupported type: BMP with (?<bits>\d+) bits per pixel$/, { case: 'bmp-bits' }],
  [
    'unsupported-type',
    /^unsupported type: BMP with a header of (?<bytes>\d+) bytes$/,
    { case: 'bmp-header' },
  ],
  [
    'unsupported-type',
    /^unsupported type: BMP with RLE(?<bits>\d) compression$/,
    { case: 'bmp-run-lengths' },
  ],
  ['unsupported-type', /^unsupported type: BMP with (?<format>JPEG|PNG) inside$/, { case: 'bmp-inside' }],
  [
    'unsupported-type',
    /^unsupported type: BMP with compression (?<compression>\d+)$/,
    { case: 'bmp-compression' },
  ],
  ['unsupported-type', /^unsupported type: samples of type (?<depth>.+)$/, { case: 'samples' }],
  ['unsupported-type', /^unsupported type: (?<bands>\d+) bands$/, { case: 'bands' }],
  ['unsupported-type', /^unsupported type: (?<type>.+)$/s],
  ['too-small', /^too small: (?<width>\d+) x (?<height>\d+), each side must have (?<least>\d+) pixels$/],
  [
    'too-large',
    /^too large: the header says (?<width>\d+) x (?<height>\d+) \((?<megapixels>\d+) megapixels; at most (?<most>\d+)\)$/,
  ],
  ['too-large', /^too large: (?<words>.+)$/s, { case: 'decoder' }],
  ['truncated', /^truncated: the file ends inside its header$/, { case: 'header' }],
  ['truncated', /^truncated: the file ends inside its palette$/, { case: 'palette' }],
  ['truncated', /^truncated: the file ends before its last row$/, { case: 'last-row' }],
  ['truncated', /^truncated: the file ends before its end mark$/, { case: 'end-mark' }],
  ['truncated', /^truncated: the file ends inside its (?<type>\S+) chunk$/, { case: 'chunk' }],
  ['truncated', /^truncated: the file is shorter than its header says$/, { case: 'shorter' }],
  ['truncated', /^truncated: the header lies beyond the end of the file$/, { case: 'tiff-header' }],
  ['truncated', /^truncated: a table of strips lies beyond the end of the file$/, { case: 'tiff-strips' }],
  [
    'truncated',
    /^truncated: the directory of page (?<page>\d+) lies beyond the end of the file$/,
    { case: 'tiff-directory' },
  ],
  [
    'truncated',
    /^truncated: a field of page (?<page>\d+) lies beyond the end of the file$/,
    { case: 'tiff-field' },
  ],
  [
    'truncated',
    /^truncated: image data of page (?<page>\d+) lies beyond the end of the file$/,
    { case: 'tiff-data' },
  ],
  ['truncated', /^truncated: (?<words>.+)$/s],
  ['corrupt', /^corrupt: a bitmap of (?<width>-?\d+) x (?<height>-?\d+)$/, { case: 'bitmap-size' }],
  ['corrupt', /^corrupt: color (?<index>\d+) is not in the palette$/, { case: 'palette' }],
  [
    'corrupt',
    /^corrupt: no PNG chunk where one should be, at byte (?<position>\d+)$/,
    { case: 'png-no-chunk' },
  ],
  ['corrupt', /^corrupt: wrong CRC in the (?<type>\S+) chunk at byte (?<position>\d+)$/, { case: 'png-crc' }],
  ['corrupt', /^corrupt: a PNG without image data$/, { case: 'png-no-data' }],
  ['corrupt', /^corrupt: a TIFF field of unknown type$/, { case: 'tiff-field-type' }],
  ['corrupt', /^corrupt: TIFF pages that form a circle$/, { case: 'tiff-circle' }],
  ['corrupt', /^corrupt: page (?<page>\d+) has no image data$/, { case: 'tiff-no-data' }],
  ['corrupt', /^corrupt: a TIFF without a page$/, { case: 'tiff-no-page' }],
  ['corrupt', /^corrupt: (?<words>.+)$/s],
  ['unreadable', /^unreadable: not a regular file$/, { case: 'not-a-file' }],
  ['unreadable', /^unreadable: (?<words>.+)$/s],
]

const problems: readonly Sentence[] = [
  ['row-without-parent', /^row (?<row>\d+) of "(?<table>.+)" names a missing row of "(?<parent>.+)"$/],
  [
    'row-without-parent',
    /^row null of "(?<table>.+)" names a missing row of "(?<parent>.+)"$/,
    { case: 'no-number' },
  ],
  ['file-missing', /^this photograph or mask is missing$/],
  ['file-changed', /^(?<bytes>\d+) bytes instead of (?<expected>\d+)$/, { case: 'size' }],
  ['file-changed', /^its content is not what was imported: the SHA-256 differs$/],
  ['map-missing', /^a map or reconstruction of image (?<image>\d+) by run (?<run>.+) is missing$/],
  ['checkpoint-missing', /^run (?<run>.+) is trained, but this file is missing$/],
  ['file-not-in-database', /^no image or mask of the workspace is this file$/],
  ['file-not-in-database', /^no run of the workspace has this folder$/, { case: 'run-folder' }],
  ['temporary-file', /^a file that was being written when its process ended$/],
  // What the system or SQLite said.
  ['database-damaged', /^(?<words>.*)$/s],
  ['file-unreadable', /^(?<words>.*)$/s],
  ['audit-changed', /^(?<what>.*)$/s],
]

/** Values that are numbers. */
const numbers = new Set([
  ...[
    'width',
    'height',
    'fileWidth',
    'fileHeight',
    'pages',
    'step',
    'backStep',
    'share',
    'times',
    'row',
    'first',
  ],
  ...[
    'last',
    'written',
    'bits',
    'bytes',
    'compression',
    'bands',
    'least',
    'megapixels',
    'most',
    'page',
    'index',
  ],
  ...['position', 'expected', 'image'],
])

/** Values that are messages themselves. */
const nested: Readonly<Record<string, (text: string) => NestedMessage>> = {
  label: (text) => within('label', { code: text, params: {} }),
  other: (text) => within('label', { code: text, params: {} }),
  problem: (text) => within('reason', read(reasons, text) ?? recorded(text)),
  what: (text) => within('reason', read(reasons, text) ?? recorded(text)),
  refusal: (text) => within('failure', read(refusals, text) ?? recordedFailure(text)),
}

const within = (topic: Topic, { code, params }: Message): NestedMessage => ({ topic, code, params })
/** The code of what no pattern knows. */
const unread = 'recorded-before'
const recorded = (text: string): Message => ({ code: unread, params: { text } })
const recordedFailure = (text: string): Message => ({
  code: unread,
  params: { message: text, remedy: '' },
})

function read(sentences: readonly Sentence[], text: string): Message | null {
  for (const [code, pattern, fixed = {}] of sentences) {
    const found = pattern.exec(text)
    if (found === null) continue
    const values = Object.entries(found.groups ?? {}).map(([name, value]) => [
      // `at` is a time in the audit and a place in a file.
      name === 'position' ? 'at' : name,
      numbers.has(name) ? Number(value) : (nested[name]?.(value) ?? value),
    ])
    return { code, params: { ...fixed, ...Object.fromEntries(values) } }
  }
  return null
}

/** A message of a code that was stored beside the sentence. */
function readAs(sentences: readonly Sentence[], code: string, text: string): Message | null {
  return read(
    sentences.filter(([of]) => of === code),
    text,
  )
}

const warning = (text: string): Message => read(warnings, text) ?? recorded(text)

function refusal(code: string, text: string): Message {
  const params = { case: unread, message: text, remedy: '' }
  return readAs(refusals, code, text) ?? { code, params }
}

function problem(code: string, text: string): Message {
  return readAs(problems, code, text) ?? { code, params: { case: unread, text } }
}

const refusedRow = z.looseObject({ code: z.string(), reason: z.string() })
const notedRow = z.looseObject({ warning: z.string() })
const problemRow = z.looseObject({ code: z.string(), message: z.string(), remedy: z.string() })
const imageRow = z.looseObject({ warnings: z.array(z.string()) })

/** The messages of a result: of what was imported, scored, trained, checked, or found to be alike. */
const parts: readonly ((value: unknown) => unknown)[] = [
  (value) => {
    const row = refusedRow.safeParse(value).data
    if (row === undefined) return undefined
    const { reason, code, ...rest } = row
    return { ...rest, ...refusal(code, reason) }
  },
  (value) => {
    const row = notedRow.safeParse(value).data
    if (row === undefined) return undefined
    const { warning: text, ...rest } = row
    return { ...rest, ...warning(text) }
  },
  (value) => {
    const row = problemRow.safeParse(value).data
    if (row === undefined) return undefined
    const { code, message: text, remedy: _remedy, ...rest } = row
    return { ...rest, ...problem(code, text) }
  },
  (value) => {
    const row = imageRow.safeParse(value).data
    return row && { ...row, warnings: row.warnings.map(warning) }
  },
]

const part = (value: unknown): unknown => {
  for (const convert of parts) {
    const converted = convert(value)
    if (converted !== undefined) return converted
  }
  return value
}

const resultSchema = z.looseObject({
  refused: z.array(z.unknown()).optional().catch(undefined),
  warnings: z.array(z.unknown()).optional().catch(undefined),
  problems: z.array(z.unknown()).optional().catch(undefined),
  pairs: z
    .array(z.looseObject({ a: z.unknown(), b: z.unknown() }))
    .optional()
    .catch(undefined),
})

/** A result with its sentences as messages; null where it has none. */
function converted(text: string): string | null {
  const before: unknown = JSON.parse(text)
  const result = resultSchema.safeParse(before).data
  if (result === undefined) return null
  const { refused, warnings: told, problems: found, pairs } = result
  const after = {
    ...z.looseObject({}).parse(before),
    ...(refused && { refused: refused.map(part) }),
    ...(told && {
      warnings: told.map((value) => (typeof value === 'string' ? warning(value) : part(value))),
    }),
    ...(found && { problems: found.map(part) }),
    ...(pairs && { pairs: pairs.map((pair) => ({ ...pair, a: part(pair.a), b: part(pair.b) })) }),
  }
  const json = JSON.stringify(after)
  return json === JSON.stringify(before) ? null : json
}

const sentencesSchema = z.array(z.string())
const warningsOf = (text: string): string =>
  JSON.stringify(sentencesSchema.parse(JSON.parse(text)).map(warning))

function convert(db: Database): void {
  const images = db.all(
    z.object({ id: z.int(), warnings: z.string() }),
    "SELECT id, warnings FROM image WHERE warnings <> '[]'",
  )
  for (const { id, warnings: text } of images) {
    db.run('UPDATE image SET warnings = $warnings WHERE id = $id', { id, warnings: warningsOf(text) })
  }
  const scores = db.all(
    z.object({ run: z.string(), image: z.int(), warnings: z.string() }),
    "SELECT run_id AS run, image_id AS image, warnings FROM score WHERE warnings <> '[]'",
  )
  for (const { run, image, warnings: text } of scores) {
    db.run('UPDATE score SET warnings = $warnings WHERE run_id = $run AND image_id = $image', {
      run,
      image,
      warnings: warningsOf(text),
    })
  }
  for (const [table, column] of [
    ['job', 'result'],
    ['run', 'result'],
    ['import', 'report'],
  ] as const) {
    const rows = db.all(
      z.object({ id: z.string(), json: z.string() }),
      `SELECT id, ${column} AS json FROM ${table} WHERE ${column} IS NOT NULL`,
    )
    for (const { id, json } of rows) {
      const after = converted(json)
      if (after !== null) db.run(`UPDATE ${table} SET ${column} = $after WHERE id = $id`, { id, after })
    }
  }
  const refused = db.all(
    z.object({ id: z.int(), reason: z.string() }),
    'SELECT id, reason FROM live_part WHERE reason IS NOT NULL',
  )
  for (const { id, reason } of refused) {
    const { code, params } = read(refusals, reason) ?? recordedFailure(reason)
    db.run('UPDATE live_part SET refusal = $refusal WHERE id = $id', {
      id,
      refusal: JSON.stringify({ code, params }),
    })
  }
}

export const warningsAsData: Migration = {
  version: 8,
  name: 'warnings-as-data',
  sql: `
    -- refusal: the reason of a part that was refused before this version, as a message. Its sentence stays in reason,
    -- of which the audit keeps a checksum; of parts that are refused from now on reason is the message itself.
    ALTER TABLE live_part ADD COLUMN refusal TEXT CHECK (refusal IS NULL OR json_valid(refusal));
  `,
  convert,
}
