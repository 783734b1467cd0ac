/** `label`: lists images with their labels, and sets labels, defect types, splits and masks. */

import { resolve } from 'node:path'
import { z } from 'zod'
import type { ImageChange } from '../../../shared/dataset.ts'
import { type Image, labelSchema, splitSchema } from '../../../shared/image.ts'
import { cleanDefectType, defectColor } from '../../../shared/label.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import type { Answer } from '../../command-line/answer.ts'
import type { AddCommand, CommandContext } from '../../command-line/command.ts'
import { oneOf, several, wholeNumber, wholeNumbers } from '../../command-line/option-values.ts'
import { printableLine } from '../../command-line/printable.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import type { Session } from '../../session/session.ts'

const english = wordsIn('en')

const optionsSchema = z.object({
  dataset: z.string().optional(),
  image: z.array(z.number()).optional(),
  file: z.array(z.string()).default([]),
  list: z.boolean().default(false),
  label: labelSchema.optional(),
  split: splitSchema.optional(),
  text: z.string().optional(),
  limit: z.number().optional(),
  set: labelSchema.optional(),
  defectType: z.string().optional(),
  move: splitSchema.optional(),
  remove: z.boolean().default(false),
  restore: z.boolean().default(false),
  mask: z.string().optional(),
  clearMask: z.boolean().default(false),
  invert: z.boolean().default(false),
  types: z.string().optional(),
  operator: z.string().optional(),
})
type LabelOptions = z.output<typeof optionsSchema>

export const addLabel: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'label',
    summary: 'list images with their labels, and set labels, defect types, splits and masks',
    examples: [
      ['label --dataset line --list --label unlabeled', 'what nobody has labeled'],
      ['label --image 12,13 --set anomalous --defect-type scratch', 'two images by their numbers'],
      ['label --dataset line --file test/7.png --set normal', 'one image by its path in the dataset'],
      ['label --image 12 --mask 12_mask.png', 'its mask; notes say what was assumed'],
      ['label --dataset line --types "scratch,dent"', 'the defect types in the order of their keys'],
    ],
    declare: (command) =>
      command
        .option('--dataset <name>', 'the dataset')
        .option('--image <ids>', 'numbers of images, as the list has them, with commas', wholeNumbers)
        .option(
          '--file <path>',
          'the image with this path in the dataset; may be given several times',
          several,
        )
        .option('--list', 'list images')
        .addOption(oneOf('--label <label>', 'list only these', labelSchema.options))
        .addOption(oneOf('--split <split>', 'list only these', splitSchema.options))
        .option('--text <text>', 'list only images with this in their path')
        .option('--limit <n>', 'list at most so many', wholeNumber(1))
        .addOption(oneOf('--set <label>', 'the label that they get', labelSchema.options))
        .option('--defect-type <name>', 'what kind of defect it is; the label becomes anomalous')
        .addOption(oneOf('--move <split>', 'the split that they get', splitSchema.options))
        .option('--remove', 'take them out of the dataset')
        .option('--restore', 'put them back')
        .option('--mask <file>', 'take the mask of one image from a picture')
        .option('--clear-mask', 'remove the mask and what was drawn')
        .option('--invert', 'what the picture does not mark is the defect')
        .option('--types <names>', 'set the defect types of the dataset, with commas')
        .option('--operator <name>', 'who says so (default: the name of this user account)'),
    options: optionsSchema,
    async act(context, options) {
      const act = chosen(options)
      return act(context, await context.session())
    },
  })

type Action = (context: CommandContext, session: Session) => Promise<Answer>

/** The action that the options select. */
function chosen(options: LabelOptions): Action {
  const { list, types, mask, clearMask, dataset, image, file, invert } = options
  const change = changeOf(options)
  const asked = [list, types !== undefined, mask !== undefined, clearMask, change !== null].filter(Boolean)
  if (asked.length !== 1 && !(mask !== undefined && change?.kind === 'label' && asked.length === 2)) {
    throw new WrongUse(
      'Give one of --list, --set, --defect-type, --move, --remove, --restore, --mask, --clear-mask, --types.',
    )
  }
  if (invert && mask === undefined) throw new WrongUse('Give --invert with --mask.')
  if ((list || types !== undefined || file.length > 0) && dataset === undefined) {
    throw new WrongUse('Give --dataset: paths, lists and defect types belong to one.')
  }
  if (list) return (_, session) => listAnswer(session, options)
  if (types !== undefined) return (_, session) => typesAnswer(session, dataset ?? '', types)
  if (image === undefined && file.length === 0) throw new WrongUse('Give --image or --file: which images?')
  if (mask !== undefined || clearMask) return (context, session) => maskAnswer(context, session, options)
  return (context, session) => changeAnswer(context, session, options, change)
}

function changeOf({ set, defectType, move, remove, restore }: LabelOptions): ImageChange | null {
  const changes: ImageChange[] = []
  if (set !== undefined || defectType !== undefined) {
    if (defectType !== undefined && set !== undefined && set !== 'anomalous') {
      throw new WrongUse('Only an anomalous image has a defect type.')
    }
    const type = defectType === undefined ? null : cleanDefectType(defectType)
    if (defectType !== undefined && type === null) throw new WrongUse('A defect type needs a name.')
    changes.push({ kind: 'label', label: set ?? 'anomalous', defectType: type })
  }
  if (move !== undefined) changes.push({ kind: 'split', split: move })
  if (remove) changes.push({ kind: 'remove' })
  if (restore) changes.push({ kind: 'restore' })
  if (changes.length > 1) throw new WrongUse('Give one change at a time.')
  return changes[0] ?? null
}

/** The images that `--image` and `--file` name. @throws Failure `image-unknown` */
async function imagesOf(
  { workspace }: Session,
  { image = [], file, dataset }: LabelOptions,
): Promise<Image[]> {
  const [{ findImage, imagesByFile }, { findDataset }, { Failure }] = await Promise.all([
    import('../../store/images.ts'),
    import('../../store/datasets.ts'),
    import('../../../shared/failure.ts'),
  ])
  const named = file.flatMap((path) => {
    const found = imagesByFile(workspace.db, findDataset(workspace.db, dataset ?? '').id, path)
    if (found.length === 0) throw new Failure('image-unknown', { image: path })
    return found
  })
  return [...image.map((id) => findImage(workspace.db, id)), ...named]
}

const shownImage = ({ id, file, split, label, defectType, maskSha256 }: Image) => ({
  image: id,
  file,
  split,
  label,
  defectType,
  mask: maskSha256 !== null,
})

const imageTable = (images: readonly Image[]): string =>
  textTable([
    ['image', 'split', 'label', 'defect type', 'mask', 'file'],
    ...images.map(({ id, split, label, defectType, maskSha256, file }) => [
      String(id),
      split,
      label,
      defectType ?? '-',
      maskSha256 === null ? '-' : 'yes',
      file,
    ]),
  ])

async function listAnswer({ workspace }: Session, options: LabelOptions): Promise<Answer> {
  const [{ listImages }, { findDataset }] = await Promise.all([
    import('../../store/images.ts'),
    import('../../store/datasets.ts'),
  ])
  const { id: datasetId, name } = findDataset(workspace.db, options.dataset ?? '')
  const { label, split, defectType, text, limit = -1 } = options
  const images = listImages(workspace.db, { datasetId, label, split, defectType, text }, { offset: 0, limit })
  return { document: { dataset: name, images: images.map(shownImage) }, text: imageTable(images) }
}

async function typesAnswer({ workspace }: Session, dataset: string, names: string): Promise<Answer> {
  const [{ defectTypesOf, setDefectTypes }, { findDataset }] = await Promise.all([
    import('../../store/annotations.ts'),
    import('../../store/datasets.ts'),
  ])
  const { id, name } = findDataset(workspace.db, dataset)
  const known = new Map(defectTypesOf(workspace.db, id).map((type) => [type.name, type.color]))
  const wanted = names
    .split(',')
    .map((text) => cleanDefectType(text))
    .filter((text) => text !== null)
  setDefectTypes(
    workspace.db,
    id,
    wanted.map((type, place) => ({ name: type, color: known.get(type) ?? defectColor(place) })),
  )
  const types = defectTypesOf(workspace.db, id)
  return {
    document: { dataset: name, types },
    text: textTable(types.map((type) => [type.color, type.name])),
  }
}

async function changeAnswer(
  context: CommandContext,
  session: Session,
  options: LabelOptions,
  change: ImageChange | null,
): Promise<Answer> {
  const { db } = session.workspace
  const [{ changeImages }, { findImage }] = await Promise.all([
    import('../datasets/change-images.ts'),
    import('../../store/images.ts'),
  ])
  const images = await imagesOf(session, options)
  const { operator = context.operator } = options
  db.transaction(() => {
    for (const datasetId of new Set(images.map((image) => image.datasetId))) {
      const ids = images.filter((image) => image.datasetId === datasetId).map(({ id }) => id)
      if (change) changeImages(db, { datasetId, choice: { ids }, change, operator })
    }
  })
  const now = images.map(({ id }) => findImage(db, id))
  return { document: { images: now.map(shownImage) }, text: imageTable(now) }
}

async function maskAnswer(context: CommandContext, session: Session, options: LabelOptions): Promise<Answer> {
  const { workspace } = session
  const [{ maskFromFile }, { saveAnnotation }, { findImage }, { findOrMakeOperator }] = await Promise.all([
    import('./mask-of-file.ts'),
    import('./annotate.ts'),
    import('../../store/images.ts'),
    import('../../store/operators.ts'),
  ])
  const [image, ...others] = await imagesOf(session, options)
  if (image === undefined || others.length > 0) throw new WrongUse('A mask belongs to one image: name one.')
  const { mask, invert, defectType = null, operator = context.operator } = options
  const operatorId = findOrMakeOperator(workspace.db, operator).id
  const saved =
    mask === undefined
      ? { ...(await saveAnnotation(workspace, { image: image.id, shapes: [], operatorId })), notes: [] }
      : await maskFromFile(workspace, {
          image: image.id,
          file: resolve(mask),
          invert,
          defectType,
          operatorId,
        })
  const now = findImage(workspace.db, image.id)
  const notes = saved.notes.map((note) => ({ ...note, message: english.text('warning', note) }))
  return {
    document: { images: [shownImage(now)], areas: saved.areas, notes },
    text:
      imageTable([now]) +
      saved.areas.map(({ defectType: type, area }) => `${printableLine(type)}: ${area} pixels\n`).join('') +
      notes.map((note) => `Note: ${printableLine(note.message)}\n`).join(''),
  }
}
