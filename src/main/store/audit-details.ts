/**
 * What each action of the audit says besides who, when and about what: checked when it is written. Which rows of the
 * database an act leaves behind is not said here but told by itself (`told/`).
 */
import { z } from 'zod'
import type { AuditAction } from '../../shared/audit.ts'
import { clockJumpSchema } from '../../shared/clock.ts'
import { keyDetailSchema } from './audit-signatures.ts'
import { beginSchema } from './told/begin-telling.ts'

const text = z.string()
const textOrNone = text.nullable()
const number = z.int()
const nothing = z.object({})
/** Photographs or parts, as `1-5, 8`. */
const ranges = z.string()
/** A name, such as that of an operator. */
const of = z.object({ of: text })

const dependents = {
  images: number,
  masks: number,
  runs: number,
  versions: number,
  decisions: number,
  points: number,
}
const job = z.object({ job: text, kind: text })
const typeChange = z.object({
  change: number,
  type: text,
  becomes: textOrNone.optional(),
  images: number,
  kept: number.optional(),
})
const modelUse = z.object({
  before: textOrNone,
  reason: textOrNone,
  verdict: textOrNone,
  margin: z.number().nullable(),
  validation: textOrNone,
})
const pointSettings = { mostWaiting: number.nullable(), views: z.json().optional() }
const point = z.object({ point: text, ...pointSettings })
const recipe = { recipe: number, point: text, number, name: text }
/** With its settings, which differ by kind. */
const output = z.looseObject({ output: number, name: text })
const outputWaits = { output: number, name: text, waiting: number }
const madeAtOnce = { batch: number, count: number, images: ranges }

export const auditDetails = {
  'import.started': z.object({ import: text, source: text, layout: text }),
  'import.images': z.object({ import: text, images: number, masks: number }),
  'import.ended': z.object({
    import: text,
    state: text,
    imported: number.optional(),
    already: number.optional(),
    duplicates: number.optional(),
    refused: number.optional(),
    splits: z.record(z.string(), number).optional(),
  }),
  'image.labeled': z.object({
    label: text,
    defectType: textOrNone,
    before: textOrNone.optional(),
    typeBefore: textOrNone.optional(),
    /** How `verify --mend` repaired what was drawn. */
    drawing: text.optional(),
  }),
  'image.moved': z.union([
    z.object({ split: text }),
    /** By photograph: the split to which it was moved. */
    z.object({ images: z.record(z.string(), text) }),
  ]),
  'image.removed': nothing,
  'image.restored': nothing,
  'image.drawn': z.object({ shapes: number, mask: textOrNone, before: textOrNone }),
  'decision.made': z.union([
    z.object({
      decision: number,
      is: text,
      defectType: textOrNone,
      note: textOrNone,
      score: z.number().nullable(),
      role: text,
    }),
    z.object({ is: text, role: text, ...madeAtOnce }),
  ]),
  'decision.undone': z.union([
    z.object({ decision: number, was: text }),
    z.object({ was: text, ...madeAtOnce }),
  ]),
  'threshold.set': z.object({
    point: number,
    name: text,
    version: number,
    score: text,
    k: z.number(),
    reduction: text,
    threshold: z.number(),
    regions: z.object({ leastArea: number, leastStrength: z.number() }).nullable(),
    target: textOrNone,
    validation: z.object({ normal: number, anomalous: number, hash: text }),
    reason: text,
  }),
  'threshold.used': z.object({ point: number, name: text, version: number, reason: text }),
  'training.started': z.object({ model: text, preset: text, seed: number, fromStep: number }),
  'training.ended': z.object({
    state: text,
    steps: number.optional(),
    weightsSha256: textOrNone.optional(),
    failure: textOrNone.optional(),
  }),
  'scoring.stored': z.object({ images: ranges }),
  'scoring.changed': z.object({ images: number }),
  'dataset.curated': z.object({
    version: number,
    from: number,
    images: number,
    sha256: text,
    reason: text,
  }),
  'dataset.region': z.object({ region: z.json() }),
  'dataset.white': z.object({ white: number.nullable() }),
  'dataset.sample-range': z.object({ low: z.number(), high: z.number() }),
  'dataset.frozen': z.object({ since: text.optional() }),
  'dataset.unfrozen': z.object({ since: text.optional() }),
  'dataset.types': z.object({ types: z.array(text) }),
  'dataset.renamed': z.object({ from: textOrNone }),
  'dataset.removed': z.object({ id: text, ...dependents }),
  'dataset.restored': z.object({ id: text, former: text, removed: text }),
  'dataset.cleared': z.object({ id: text }),
  'run.renamed': z.object({ from: textOrNone, to: textOrNone }),
  'run.described': z.object({ note: text, tags: z.array(text) }),
  'run.archived': nothing,
  'run.unarchived': nothing,
  'run.removed': z.object({ name: text, ...dependents }),
  'run.restored': z.object({ removed: text }),
  'run.cleared': nothing,
  'type.renamed': typeChange,
  'type.removed': typeChange,
  'type.restored': typeChange,
  'masks.imported': z.object({ format: text, from: text, images: number }),
  'setting.changed': z.object({ key: text, before: z.json(), value: z.json() }),
  'model.promoted': modelUse,
  'model.rolled-back': modelUse,
  'model.imported': z.object({ folder: text, from: text, fanoscope: text, weightsSha256: text }),
  'export.written': z.object({
    what: text.optional(),
    format: text.optional(),
    to: text.optional(),
    file: text.optional(),
    files: z.array(text).optional(),
    rows: number.optional(),
    count: number.nullable().optional(),
  }),
  'inspection.added': point,
  'inspection.changed': z.object({
    point: text,
    before: z.object(pointSettings),
    after: z.object(pointSettings),
  }),
  'inspection.removed': point,
  'recipe.saved': z.object({
    ...recipe,
    operatingPoint: number.nullable(),
    outputs: z.array(number).nullable(),
    /** That which it takes the place of. */
    before: number.nullable(),
  }),
  'recipe.removed': z.object(recipe),
  /** Over which output a PLC chose it; null where a person did. */
  'recipe.used': z.object({ ...recipe, through: textOrNone }),
  'recipe.taken': z.object({ recipe: number, point: text, watch: text, use: number }),
  'recipe.refused': z.object({ recipe: number, point: text, watch: text, code: text }),
  'live.judged': z.object({
    watch: text,
    parts: ranges,
    good: number,
    flagged: number,
    refused: number,
    /** Over what is stored about the parts. */
    sha256: text,
    /** Over what is stored about their photographs and never changes. */
    pictures: text,
  }),
  'live.model-taken': z.object({ watch: text, before: text }),
  'live.model-refused': z.object({ watch: text, before: text, code: text, message: text }),
  'live.cleared': z.object({
    images: ranges,
    parts: number,
    bytes: number,
    goodDays: z.number().nullable(),
    flaggedDays: z.number().nullable(),
    gigabytes: z.number().nullable(),
  }),
  'live.seen': z.object({ part: number, file: text }),
  'live.unseen': z.object({ part: number, file: text }),
  'live.incomplete': z.object({ watch: text, parts: z.array(text) }),
  'live.late': z.object({ watch: text, parts: z.array(number), seconds: z.number() }),
  'output.created': output,
  'output.changed': output,
  'output.removed': output,
  'output.tested': output,
  'output.delivered': z.object({
    output: number,
    name: text,
    /** Numbers of results. */
    results: ranges,
    givenUp: ranges,
    first: number.nullable(),
    last: number.nullable(),
    sha256: text,
  }),
  'output.away': z.object({ ...outputWaits, code: text, message: text }),
  'output.back': z.object({ ...outputWaits, seconds: z.number() }),
  'operator.added': of,
  'operator.renamed': z.object({ of: text, name: text }),
  'operator.pin-set': of,
  'operator.pin-changed': of,
  'operator.pin-removed': of,
  'operator.pin-released': of,
  'operator.pin-wrong': z.object({ of: text, wrong: number, wait: number }),
  'operator.removed': of,
  'operator.restored': z.object({ of: text, removed: text }),
  'operator.badge-set': of,
  'operator.badge-removed': of,
  'operator.badge-unknown': z.object({ unknown: number, wait: number }),
  'job.started': job,
  'job.stopped': job,
  'job.paused': job,
  'job.continued': job,
  'audit.lost': z.object({ first: number, last: number, at: number }),
  'audit.key': keyDetailSchema,
  'audit.told': beginSchema,
  'update.started': z.object({ from: text, to: text, commit: text, whileWatching: z.boolean() }),
  'update.done': z.object({ version: text }),
  'update.failed': z.object({ from: text, to: text, code: text }),
  'clock.jumped': clockJumpSchema,
  'clock.confirmed': clockJumpSchema.partial(),
  'rows.stored': nothing,
  'workspace.restored': z.object({
    backup: text,
    kept: textOrNone,
    /** The newest number of a result that may have been given in the database before. */
    numbersGiven: z.int().nonnegative().optional(),
  }),
} as const satisfies Record<AuditAction, z.ZodType>

export type AuditDetail<A extends AuditAction> = z.input<(typeof auditDetails)[A]>
