import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { scoreSummarySchema } from '../../../../src/main/features/scoring/score-job.ts'
import { type Database, openDatabase } from '../../../../src/main/store/database.ts'
import { findImage } from '../../../../src/main/store/images.ts'
import { partById } from '../../../../src/main/store/live.ts'
import { judgedChecksum } from '../../../../src/main/store/live-checksum.ts'
import { migrate } from '../../../../src/main/store/migrate.ts'
import { migrations } from '../../../../src/main/store/migrations/index.ts'
import { importReportSchema } from '../../../../src/shared/import.ts'
import { messageSchema, type Topic } from '../../../../src/shared/messages/message.ts'
import { wordsIn } from '../../../../src/shared/messages/words.ts'
import { verifyReportSchema } from '../../../../src/shared/workspace.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const upTo = (version: number) => migrations.filter((migration) => migration.version <= version)
const english = wordsIn('en')
const sha256 = '0'.repeat(64)

/** What main said of photographs and masks up to version 7. */
const ofImages = [
  'the decoder warned: Corrupt JPEG data: 2 extraneous bytes before marker 0xd9',
  'transparency was flattened on black',
  'the file has 3 pages; only the first page is used',
  'CMYK was converted to sRGB',
]
const ofScores = [
  'smaller than a tile: its border pixels were repeated to fill one',
  'no part was found on it: all of the photograph counts',
]
const ofImports = [
  'not used: good/a.png is labeled normal',
  'not used: the mask has 2 x 3 pixels, dent/a.png has 4 x 5',
  'not used: the mask of dent/b.png marks no pixel',
  'not used: no photograph belongs to this mask',
  'not used: truncated: the file ends inside its IDAT chunk',
  'no mask belongs to this photograph',
  'not added: the same photograph (good/c.png) was removed from the dataset',
  'not added: it was removed from the dataset',
  'the same photograph is labeled normal as good/d.png and anomalous here; the first was kept',
  'the same photograph is for training as good/e.png and for testing here; it was kept for training only',
  'there is no photograph labeled normal, and training needs them: put good parts into a folder "good" or "normal"',
  ...ofImages,
]
const ofTrainings = [
  'The critic loss is no longer a number, at step 34 of stage "gan". The training went back to step 30 of stage "gan" and goes on with 0.5 of the learning rate.',
  'The generator makes the same picture from every z (spread 0.0012, photographs 0.34), at step 50 of stage "gan". It is as before after 3 restarts: the training goes on as it is.',
]
const ofRefusals = [
  ['empty-file', 'empty file: zero bytes'],
  ['not-an-image', 'not an image, by its content'],
  ['unsupported-type', 'unsupported type: GIF'],
  ['unsupported-type', 'unsupported type: HEIF, AVIF or video'],
  ['unsupported-type', 'unsupported type: icon'],
  ['unsupported-type', 'unsupported type: camera raw'],
  ['unsupported-type', 'unsupported type: camera raw (CR2)'],
  ['unsupported-type', 'unsupported type: BMP with 2 bits per pixel'],
  ['unsupported-type', 'unsupported type: BMP with a header of 16 bytes'],
  ['unsupported-type', 'unsupported type: BMP with RLE8 compression'],
  ['unsupported-type', 'unsupported type: BMP with PNG inside'],
  ['unsupported-type', 'unsupported type: BMP with compression 9'],
  ['unsupported-type', 'unsupported type: samples of type float'],
  ['unsupported-type', 'unsupported type: 5 bands'],
  ['too-small', 'too small: 8 x 9, each side must have 16 pixels'],
  ['too-large', 'too large: the header says 20000 x 20000 (400 megapixels; at most 268)'],
  ['too-large', 'too large: Input image exceeds pixel limit'],
  ['truncated', 'truncated: the file ends inside its header'],
  ['truncated', 'truncated: the file ends inside its palette'],
  ['truncated', 'truncated: the file ends before its last row'],
  ['truncated', 'truncated: the file ends before its end mark'],
  ['truncated', 'truncated: the file ends inside its IDAT chunk'],
  ['truncated', 'truncated: the file is shorter than its header says'],
  ['truncated', 'truncated: the header lies beyond the end of the file'],
  ['truncated', 'truncated: a table of strips lies beyond the end of the file'],
  ['truncated', 'truncated: the directory of page 2 lies beyond the end of the file'],
  ['truncated', 'truncated: a field of page 2 lies beyond the end of the file'],
  ['truncated', 'truncated: image data of page 2 lies beyond the end of the file'],
  ['truncated', 'truncated: VipsJpeg: premature end of JPEG image'],
  ['corrupt', 'corrupt: a bitmap of 0 x -4'],
  ['corrupt', 'corrupt: color 9 is not in the palette'],
  ['corrupt', 'corrupt: no PNG chunk where one should be, at byte 33'],
  ['corrupt', 'corrupt: wrong CRC in the IDAT chunk at byte 33'],
  ['corrupt', 'corrupt: a PNG without image data'],
  ['corrupt', 'corrupt: a TIFF field of unknown type'],
  ['corrupt', 'corrupt: TIFF pages that form a circle'],
  ['corrupt', 'corrupt: page 2 has no image data'],
  ['corrupt', 'corrupt: a TIFF without a page'],
  ['corrupt', 'corrupt: VipsJpeg: out of order read'],
  ['unreadable', 'unreadable: not a regular file'],
  ['unreadable', "unreadable: EACCES: permission denied, open 'a.png'"],
] as const
const ofProblems = [
  ['database-damaged', 'row 3 missing from index image_by_use'],
  ['audit-changed', 'Row 3 of the audit was changed: it is no longer of the form that every row has.'],
  ['audit-changed', 'Row 3 of the audit is missing.'],
  ['audit-changed', 'The rows 3 to 5 of the audit are missing.'],
  ['audit-changed', 'Row 3 of the audit (decision.made, 2026-01-02T03:04:05.000Z) was changed.'],
  [
    'audit-changed',
    'Row 3 of the audit (decision.made, 2026-01-02T03:04:05.000Z) does not follow the row before it.',
  ],
  ['audit-changed', 'What is stored of the live parts 1-5, 8 is not what row 3 of the audit tells.'],
  ['audit-changed', 'The audit ends at row 3, and 5 rows were written.'],
  ['row-without-parent', 'row 5 of "image" names a missing row of "dataset"'],
  ['file-missing', 'this photograph or mask is missing'],
  ['file-changed', '10 bytes instead of 12'],
  ['file-changed', 'its content is not what was imported: the SHA-256 differs'],
  ['file-unreadable', 'EIO: i/o error, read'],
  ['map-missing', 'a map or reconstruction of image 7 by run r-1 is missing'],
  ['checkpoint-missing', 'run r-1 is trained, but this file is missing'],
  ['file-not-in-database', 'no image or mask of the workspace is this file'],
  ['file-not-in-database', 'no run of the workspace has this folder'],
  ['temporary-file', 'a file that was being written when its process ended'],
] as const

const importReport = {
  dataset: 'parts',
  layout: 'mvtec',
  imported: 1,
  already: 0,
  duplicates: [],
  refused: ofRefusals.map(([code, reason]) => ({ file: `${code}.png`, code, reason })),
  splits: { train: 1, validation: 0, test: 0 },
  warnings: ofImports.map((warning) => ({ file: 'a.png', warning })),
  seconds: 1,
}
const verifyReport = {
  workspace: '/line',
  ok: false,
  images: 1,
  files: 1,
  bytes: 1,
  problems: ofProblems.map(([code, message]) => ({ code, file: 'a', message, remedy: 'Do something.' })),
  seconds: 1,
}
const scoreSummary = {
  run: 'r',
  images: 1,
  already: 0,
  seconds: 1,
  imagesPerSecond: 1,
  refused: [
    { image: 1, file: 'a.png', code: 'truncated', reason: 'truncated: the file ends before its last row' },
  ],
}
const trainResult = { steps: 1, weightsSha256: sha256, warnings: ofTrainings }
const duplicates = {
  images: 2,
  found: 1,
  pairs: [{ a: { id: 1, warnings: [ofImages[1]] }, b: { id: 2, warnings: [] }, distance: 0 }],
  unreadable: [],
}

/** A database of version 7 with a row of each kind that holds sentences. */
function recorded(): Database {
  const db = openDatabase(join(temporaryFolder(), 'fanoscope.db'))
  migrate(db, upTo(7))
  const job = (id: string, kind: string, result: unknown): void => {
    db.run(
      `INSERT INTO job (id, kind, state, payload, result, created_at) VALUES ($id, $kind, 'done', '{}', $result, 1)`,
      { id, kind, result: JSON.stringify(result) },
    )
  }
  db.script(`
    INSERT INTO dataset (id, name, created_at, layout, source) VALUES ('d', 'parts', 1, 'mvtec', '/parts');
    INSERT INTO blob (sha256, bytes, format, stored_at) VALUES ('${sha256}', 1, 'png', 1);
  `)
  db.run(
    `INSERT INTO import (id, dataset_id, source, layout, state, started_at, report)
     VALUES ('i', 'd', '/parts', 'mvtec', 'done', 1, $report)`,
    { report: JSON.stringify(importReport) },
  )
  db.run(
    `INSERT INTO image (id, dataset_id, sha256, file, width, height, channels, bit_depth, peak, split, label, warnings,
       import_id, imported_at)
     VALUES (1, 'd', '${sha256}', 'a.png', 24, 24, 1, 8, 255, 'train', 'normal', $warnings, 'i', 1)`,
    { warnings: JSON.stringify([...ofImages, 'the lens was dirty']) },
  )
  db.run(
    `INSERT INTO run (id, dataset_id, model, preset, seed, config, state, created_at, result, components)
     VALUES ('r', 'd', 'fanogan', 'smoke', 1, '{}', 'trained', 1, $result, '["a"]')`,
    { result: JSON.stringify(trainResult) },
  )
  db.run(
    `INSERT INTO score (run_id, image_id, score, tiles, components, warnings, scored_at)
     VALUES ('r', 1, 1, 1, $components, $warnings, 1)`,
    { components: Buffer.alloc(4), warnings: JSON.stringify(ofScores) },
  )
  db.script(`
    INSERT INTO live_watch (id, folder, result_folder, run_id, dataset_id, active, created_at)
      VALUES ('w', '/camera', '/results', 'r', 'd', 0, 1);
    INSERT INTO live_part (id, watch_id, file, bytes, modified_at, arrived_at, verdict, reason, judged_at, run_id)
      VALUES (1, 'w', '1.png', 1, 1, 1, 'refused', 'truncated: the file ends before its last row', 2, 'r'),
        (2, 'w', '2.png', 1, 1, 1, 'refused', 'the camera was unplugged', 2, 'r'),
        (3, 'w', '3.png', 1, 1, 1, 'good', NULL, 2, 'r');
  `)
  job('j-import', 'import', importReport)
  job('j-verify', 'verify', verifyReport)
  job('j-score', 'score', scoreSummary)
  job('j-train', 'train', { run: 'r', ...trainResult })
  job('j-duplicates', 'duplicates', duplicates)
  job('j-choose', 'choose', { refused: 2, options: [] })
  return db
}

const jsonOf = (db: Database, sql: string): unknown =>
  JSON.parse(db.get(z.object({ json: z.string() }), sql)?.json ?? 'null')
const resultOf = (db: Database, job: string): unknown =>
  jsonOf(db, `SELECT result AS json FROM job WHERE id = '${job}'`)

function migrated(): Database {
  const db = recorded()
  migrate(db, migrations)
  return db
}

const said = (topic: Topic, messages: readonly z.infer<typeof messageSchema>[], part?: string): string[] =>
  messages.map((message) => english.text(topic, message, part))

describe('migration 8 makes data of what was stored as sentences, which say in English what they said before:', () => {
  it('warnings of images, and keeps those that it does not know as they were recorded', () => {
    const { warnings } = findImage(migrated(), 1)
    expect(said('warning', warnings)).toEqual([...ofImages, 'the lens was dirty'])
    expect(warnings.map(({ code }) => code)).toEqual([
      'decoder-warned',
      'transparency-flattened',
      'first-page-only',
      'cmyk-converted',
      'recorded-before',
    ])
    expect(warnings[2]?.params).toEqual({ pages: 3 })
  })

  it('warnings of scores', () => {
    const warnings = z.array(messageSchema).parse(jsonOf(migrated(), 'SELECT warnings AS json FROM score'))
    expect(said('warning', warnings)).toEqual(ofScores)
    expect(warnings.map(({ code }) => code)).toEqual(['smaller-than-tile', 'no-part-found'])
  })

  it.each([
    ['the report of an import', "SELECT report AS json FROM import WHERE id = 'i'"],
    ['the result of its job', "SELECT result AS json FROM job WHERE id = 'j-import'"],
  ])('%s', (_what, sql) => {
    const report = importReportSchema.parse(jsonOf(migrated(), sql))
    expect(said('warning', report.warnings)).toEqual(ofImports)
    expect(report.warnings.filter(({ code }) => code === 'recorded-before')).toEqual([])
    expect(said('failure', report.refused, 'title')).toEqual(ofRefusals.map(([, reason]) => reason))
    expect(report.refused.map(({ code }) => code)).toEqual(ofRefusals.map(([code]) => code))
    expect(report.refused.filter(({ params }) => params.case === 'recorded-before')).toEqual([])
  })

  it('problems of a workspace', () => {
    const { problems } = verifyReportSchema.parse(resultOf(migrated(), 'j-verify'))
    expect(said('problem', problems, 'title')).toEqual(ofProblems.map(([, message]) => message))
    expect(problems.map(({ code }) => code)).toEqual(ofProblems.map(([code]) => code))
    expect(JSON.stringify(problems)).not.toContain('recorded-before')
  })

  it('files that could not be scored', () => {
    const { refused } = scoreSummarySchema.parse(resultOf(migrated(), 'j-score'))
    expect(refused).toEqual([{ image: 1, file: 'a.png', code: 'truncated', params: { case: 'last-row' } }])
  })

  it.each([
    ['a run', "SELECT result AS json FROM run WHERE id = 'r'"],
    ['its job', "SELECT result AS json FROM job WHERE id = 'j-train'"],
  ])('what a training warned of, at %s', (_where, sql) => {
    const { warnings } = z.object({ warnings: z.array(messageSchema) }).parse(jsonOf(migrated(), sql))
    expect(said('warning', warnings)).toEqual(ofTrainings)
    expect(warnings[0]).toEqual({
      code: 'went-back',
      params: {
        problem: { topic: 'reason', code: 'loss-not-a-number', params: { name: 'critic' } },
        step: 34,
        phase: 'gan',
        backStep: 30,
        backPhase: 'gan',
        share: 0.5,
      },
    })
  })

  it('images that were found to be alike, and leaves other results alone', () => {
    const db = migrated()
    expect(resultOf(db, 'j-duplicates')).toEqual({
      ...duplicates,
      pairs: [
        {
          a: { id: 1, warnings: [{ code: 'transparency-flattened', params: {} }] },
          b: { id: 2, warnings: [] },
          distance: 0,
        },
      ],
    })
    expect(resultOf(db, 'j-choose')).toEqual({ refused: 2, options: [] })
  })

  it('live parts that were refused, whose row stays as the checksum of the audit has it', () => {
    const db = recorded()
    const sum = judgedChecksum(db, '1-3')
    migrate(db, migrations)
    expect(partById(db, 1)?.reason).toEqual({ code: 'truncated', params: { case: 'last-row' } })
    expect(said('failure', [partById(db, 2)?.reason ?? { code: '', params: {} }], 'title')).toEqual([
      'the camera was unplugged',
    ])
    expect(partById(db, 3)?.reason).toBeNull()
    expect(judgedChecksum(db, '1-3')).toBe(sum)
  })
})
