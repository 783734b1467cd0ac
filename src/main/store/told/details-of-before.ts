/**
 * What rows of the audit say in their details about other rows: those of before the audit told which rows it leaves
 * behind. Where an act of then changed what no row tells, nothing is expected of it any more.
 */
import { z } from 'zod'
import type { ExpectedCell, ExpectedRows } from './expected-rows.ts'
import { settingText } from './setting-text.ts'
import { keyText } from './stored-rows.ts'

export interface RowOfBefore {
  id: number
  action: string
  run: string | null
  image: number | null
  detail: Readonly<Record<string, unknown>>
}

interface Told {
  table: string
  key: string | number
  cells: Readonly<Record<string, ExpectedCell>>
}

const text = z.string().nullable()
const decisionSchema = z.object({
  decision: z.int(),
  is: z.string(),
  defectType: text,
  note: text,
  score: z.number().nullable(),
})
const undoneSchema = z.object({ decision: z.int() })
const labeledSchema = z.object({ label: z.string(), defectType: text })
const drawnSchema = z.object({ mask: text })
const settingSchema = z.object({ key: z.string(), value: z.json() })
const pointSchema = z.object({
  point: z.int(),
  name: z.string(),
  version: z.int(),
  score: z.string(),
  k: z.number(),
  reduction: z.string(),
  threshold: z.number(),
  target: text,
  regions: z.object({ leastArea: z.int(), leastStrength: z.number() }).nullable(),
})

type Read = (row: RowOfBefore) => Told | null

/** A row whose detail is of another form says nothing. */
const reading =
  <S extends z.ZodType>(schema: S, tell: (detail: z.output<S>, row: RowOfBefore) => Told | null): Read =>
  (row) => {
    const read = schema.safeParse(row.detail)
    return read.success ? tell(read.data, row) : null
  }

const ofImage = ({ image }: RowOfBefore, cells: Told['cells']): Told | null =>
  image === null ? null : { table: 'image', key: image, cells }

const readers: Readonly<Record<string, Read>> = {
  'decision.made': reading(decisionSchema, ({ decision, is, defectType, note, score }, { run, image }) => ({
    table: 'decision',
    key: decision,
    cells: {
      run_id: run,
      image_id: image,
      decision: is,
      defect_type: defectType,
      note,
      score,
      undone_at: null,
    },
  })),
  'decision.undone': reading(undoneSchema, ({ decision }) => ({
    table: 'decision',
    key: decision,
    cells: { undone_at: true },
  })),
  'image.labeled': reading(labeledSchema, ({ label, defectType }, row) =>
    ofImage(row, { label, defect_type: defectType }),
  ),
  'image.drawn': reading(drawnSchema, ({ mask }, row) => ofImage(row, { mask_sha256: mask })),
  'image.removed': (row) => ofImage(row, { removed_at: true }),
  'image.restored': (row) => ofImage(row, { removed_at: null }),
  'setting.changed': reading(settingSchema, ({ key, value }) => ({
    table: 'setting',
    key,
    cells: { value: settingText(JSON.stringify(value)) },
  })),
  'threshold.set': reading(pointSchema, ({ point, regions, ...rest }, { run }) => ({
    table: 'operating_point',
    key: point,
    cells: {
      run_id: run,
      ...rest,
      least_area: regions?.leastArea ?? null,
      least_strength: regions?.leastStrength ?? null,
    },
  })),
}

/** Columns of photographs that an act may have changed on some of them, without its row telling on which. */
const forgotten: Readonly<Record<string, readonly string[]>> = {
  'type.renamed': ['defect_type'],
  'type.removed': ['defect_type'],
  'type.restored': ['defect_type'],
  'masks.imported': ['mask_sha256', 'label', 'defect_type'],
  'import.images': ['mask_sha256'],
  'live.cleared': ['removed_at'],
}

export function takeDetails(expected: ExpectedRows, row: RowOfBefore): void {
  for (const column of forgotten[row.action] ?? []) expected.forget('image', column)
  const told = readers[row.action]?.(row)
  if (told) expected.takeCells(row.id, told.table, keyText([told.key]), told.cells)
}
