import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Finished, fanoscope } from '../../command-line/fanoscope.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { part, scoredRun } from './scored-run.ts'

/** A closed workspace with 40 good validation parts and 10 dents, and commands in it. */
function inspected() {
  const { workspace, run } = scoredRun([
    ...Array.from({ length: 40 }, (_, i) => part('validation', 'normal', i / 40)),
    ...Array.from({ length: 10 }, (_, i) => part('validation', 'anomalous', 0.8 + i / 10, 'dent')),
    part('test', 'unlabeled', 0.1),
  ])
  workspace.close()
  const at = (...parameters: string[]): Promise<Finished> =>
    fanoscope([...parameters, '--json', '--workspace', workspace.dir])
  return { dir: workspace.dir, run: run.id, at }
}

const documentSchema = z.object({
  run: z.string(),
  score: z.string(),
  target: z.string(),
  threshold: z.number(),
  sufficient: z.boolean(),
  validation: z.object({
    n: z.int(),
    precision: z.number().nullable(),
    recall: z.number().nullable(),
    falseRejectRate: z.number().nullable(),
    f1: z.number().nullable(),
  }),
  interval: z.object({ low: z.number(), high: z.number() }),
  point: z.object({ id: z.int(), name: z.string(), version: z.int() }).nullable(),
})

describe('threshold', () => {
  it.each(['f1', 'fpr=0.1', 'recall=0.9', 'cost=1:50', 'percentile=90'])(
    'prints the document of the design for %s, and sets nothing',
    async (target) => {
      const { run, at } = inspected()
      const { code, document } = await at('threshold', '--run', run, '--target', target)
      expect(code).toBe(0)
      const found = documentSchema.parse(document())
      expect(found).toMatchObject({ run, score: 'izi', target, validation: { n: 50 }, point: null })
      expect(found.interval.low).toBeLessThanOrEqual(found.threshold)
      expect(found.interval.high).toBeGreaterThanOrEqual(found.threshold)
    },
  )

  it('says on standard error that 40 images are too few for 1 %', async () => {
    const { run, at } = inspected()
    const { stderr, document } = await at('threshold', '--run', run, '--target', 'fpr=0.01')
    expect(stderr).toContain('40 good validation images cannot show a false-reject rate of 1 %')
    expect(documentSchema.parse(document()).sufficient).toBe(false)
  })

  it('is set with a reason, and the review list says by which the verdicts are', async () => {
    const { run, at } = inspected()
    const chosen = ['threshold', '--run', run, '--target', 'f1', '--set']
    expect((await at(...chosen)).code).toBe(2)
    const set = await at(...chosen, '--reason', 'trial', '--operator', 'Li Na', '--name', 'customer')
    expect(documentSchema.parse(set.document()).point).toMatchObject({ name: 'customer', version: 1 })
    const { document } = await at('review', '--run', run, '--list', '--order', 'threshold')
    const list = z
      .array(
        z.object({ verdict: z.string(), operatingPoint: z.object({ name: z.string() }), score: z.number() }),
      )
      .parse(document())
    expect(new Set(list.map(({ operatingPoint }) => operatingPoint.name))).toEqual(new Set(['customer']))
    expect(list.find(({ score }) => score > 1.6)?.verdict).toBe('flagged')
    expect(list.find(({ score }) => score < 0.2)?.verdict).toBe('passed')
  })

  it.each([
    ['neither a target nor a list', []],
    ['an area without a strength', ['--target', 'f1', '--least-area', '4']],
  ])('is wrong use with %s', async (_, parameters) => {
    const { run, at } = inspected()
    expect((await at('threshold', '--run', run, ...parameters)).code).toBe(2)
  })

  it('fails with what can be done for a target that is none', async () => {
    const { run, at } = inspected()
    const { code, document } = await at('threshold', '--run', run, '--target', 'best')
    expect(code).toBe(1)
    expect(document()).toMatchObject({ error: { code: 'bad-target' } })
  })
})

describe('audit', () => {
  it('lists what was done, newest first, and only what is asked for', async () => {
    const { run, at } = inspected()
    await at('threshold', '--run', run, '--target', 'f1', '--set', '--reason', 'trial', '--operator', 'Li Na')
    const { document } = await at('audit', '--operator', 'li na', '--action', 'threshold')
    expect(document()).toMatchObject({
      total: 2,
      entries: [{ action: 'threshold.used' }, { action: 'threshold.set', operator: 'Li Na', run }],
    })
    expect((await at('audit', '--since', '2999-01-01')).document()).toMatchObject({ total: 0 })
    expect((await at('audit', '--since', 'yesterday')).code).toBe(2)
  })

  it('exits 1 and names the row where somebody changed one', async () => {
    const { dir, at } = inspected()
    expect(await at('audit', '--verify')).toMatchObject({ code: 0 })
    const db = new Sqlite(join(dir, 'fanoscope.db'))
    db.exec("DROP TRIGGER audit_is_final; UPDATE audit SET operator = 'Somebody' WHERE id = 2")
    db.close()
    const { code, document } = await at('audit', '--verify')
    expect(code).toBe(1)
    expect(document()).toMatchObject({
      ok: false,
      breaks: [{ id: 2, message: expect.stringContaining('Row 2') }],
    })
  })

  it('exits 1 and says what the audit tells where somebody changed what is stored', async () => {
    const { dir, at } = inspected()
    const db = new Sqlite(join(dir, 'fanoscope.db'))
    db.exec("UPDATE image SET file = 'another.png' WHERE id = 1")
    db.close()
    const { code, document } = await at('audit', '--verify')
    expect(code).toBe(1)
    expect(document()).toMatchObject({
      ok: false,
      breaks: [],
      replay: {
        differing: 1,
        differences: [
          {
            table: 'image',
            row: '[1]',
            message: expect.stringMatching(
              /^Photograph 1: "file" is another\.png in the database, and row \d+ of the audit says /,
            ),
          },
        ],
      },
    })
    const verified = await at('verify')
    expect(verified.code).toBe(1)
    expect(verified.document()).toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining({ code: 'audit-differs' })]),
    })
  })

  it('is written with everything that its hashes are made of', async () => {
    const { at } = inspected()
    const to = temporaryFolder()
    const { document } = await at('audit', '--to', to, '--format', 'csv')
    const { file, rows } = z.object({ file: z.string(), rows: z.int() }).parse(document())
    const [header, ...lines] = readFileSync(file, 'utf8').replace('\ufeff', '').trim().split('\r\n')
    expect(header).toBe('id,at,action,operator,run,dataset,image,detail,previous,hash,stored')
    expect(lines).toHaveLength(rows)
  })
})
