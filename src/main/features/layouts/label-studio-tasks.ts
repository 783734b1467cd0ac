/**
 * Exports of Label Studio, as JSON (a task with its annotations) and as JSON-MIN (one row for each annotation), as what
 * they say of each photograph.
 */
import { z } from 'zod'

/** One thing that was drawn: its numbers are looked at where they are used. */
export interface DrawnResult {
  value: Readonly<Record<string, unknown>>
  width: unknown
  height: unknown
  /** Degrees by which the person had turned the picture while drawing. */
  rotation: unknown
  label: string | null
}

export interface LabelStudioTask {
  /** The address of the photograph; null where the task has none, or several. */
  address: string | null
  drawn: DrawnResult[]
  /** Words that were chosen for the whole photograph. */
  choices: string[]
  /** The kinds of results that mark no area and are no choice, once for each: video, relation, textarea and so on. */
  withoutArea: string[]
  /** Number of people whose work is united here. */
  annotations: number
  /** Number of annotations that were skipped by a person, and of those that a model proposed. */
  cancelled: number
  predictions: number
}

const objectSchema = z.record(z.string(), z.unknown())
type Values = Readonly<Record<string, unknown>>

const asObject = (value: unknown): Values | null => objectSchema.safeParse(value).data ?? null
/** The objects of a list; whatever else is in it says nothing. */
const objectsIn = (list: readonly unknown[]): Values[] => list.map(asObject).filter((value) => value !== null)
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const asWords = (value: unknown): string[] =>
  [value].flat(2).flatMap((word) => (typeof word === 'string' && word.trim() !== '' ? [word.trim()] : []))

const isPictureAddress = (value: unknown): value is string =>
  typeof value === 'string' && /\.(?:png|jpe?g|tiff?|bmp|webp|gif)(?:[?#].*)?$/i.test(value.trim())

/** The photograph among the data of a task: the value called `image`, else the only one that is a picture's address. */
function addressIn(data: Values): string | null {
  for (const key of ['image', 'img', 'photo', 'picture', 'file_name', 'filename']) {
    const value = data[key]
    if (typeof value === 'string' && value.trim() !== '') return value.trim()
  }
  const pictures = Object.values(data).filter(isPictureAddress)
  const [only] = pictures
  return only !== undefined && pictures.length === 1 ? only.trim() : null
}

/** The word of a drawn value: under a key called after its kind, such as `polygonlabels`. */
function labelOf(value: Values): string | null {
  for (const [key, words] of Object.entries(value)) {
    if (!/labels$/i.test(key)) continue
    const [first] = asWords(words)
    if (first !== undefined) return first
  }
  return null
}

const isDrawn = (value: Values): boolean =>
  ['points', 'vertices', 'rle', 'radiusX', 'width', 'x', 'imageDataURL'].some((key) => key in value)

/** What is asked about the photograph or about a shape, whose place such a result repeats. */
const isAnswer = (kind: string): boolean =>
  /^(?:choices|taxonomy|textarea|rating|number|datetime|pairwise|ranker)$/i.test(kind)

const choicesIn = (value: Values): string[] => asWords(value.choices ?? value.taxonomy ?? [])

/** The results of one annotation; those of one id belong together, as a shape and its word can be apart. */
function addResults(task: LabelStudioTask, results: readonly unknown[]): void {
  const labels = new Map<string, string>()
  const found = results.flatMap((piece) => {
    const result = asObject(piece)
    const value = result && asObject(result.value)
    const kind = typeof result?.type === 'string' ? result.type : 'unknown'
    if (!result || !value) {
      task.withoutArea.push(kind)
      return []
    }
    const label = labelOf(value)
    const id = typeof result.id === 'string' ? result.id : null
    if (id !== null && label !== null && !labels.has(id)) labels.set(id, label)
    return [{ result, value, label, id, kind, isShape: isDrawn(value) && !isAnswer(kind) }]
  })
  const shapeIds = new Set(found.flatMap(({ id, isShape }) => (isShape && id !== null ? [id] : [])))
  const drawnIds = new Set<string>()
  for (const { result, value, label, id, kind, isShape } of found) {
    if (isShape) {
      // With a word of its own kind, a shape is written twice: once as itself, once with its words.
      if (id !== null && drawnIds.has(id)) continue
      if (id !== null) drawnIds.add(id)
      task.drawn.push({
        value,
        width: result.original_width,
        height: result.original_height,
        rotation: result.image_rotation,
        label: label ?? (id === null ? null : (labels.get(id) ?? null)),
      })
      continue
    }
    const choices = isDrawn(value) ? [] : choicesIn(value)
    task.choices.push(...choices)
    const isWordOfShape = id !== null && label !== null && shapeIds.has(id)
    if (choices.length === 0 && !isWordOfShape) task.withoutArea.push(kind)
  }
}

const emptyTask = (address: string | null): LabelStudioTask => ({
  address,
  drawn: [],
  choices: [],
  withoutArea: [],
  annotations: 0,
  cancelled: 0,
  predictions: 0,
})

function taskOf(entry: Values): LabelStudioTask {
  // An export into a storage has a file for each annotation, with its task inside.
  const around = asObject(entry.task) ?? entry
  const data = asObject(around.data) ?? {}
  const task = emptyTask(
    addressIn(data) ?? (typeof around.file_upload === 'string' ? around.file_upload : null),
  )
  const annotations = 'result' in entry ? [entry] : asList(entry.annotations ?? entry.completions)
  for (const piece of annotations) {
    const annotation = asObject(piece)
    if (!annotation) continue
    if (annotation.was_cancelled === true) {
      task.cancelled += 1
      continue
    }
    task.annotations += 1
    addResults(task, asList(annotation.result))
  }
  task.predictions = asList(entry.predictions).length
  return task
}

/** A row of JSON-MIN: each kind of answer is a value under the name of its tag. */
function taskOfRow(row: Values): LabelStudioTask {
  const task = emptyTask(addressIn(row))
  task.annotations = 1
  for (const [key, answer] of Object.entries(row)) {
    const pieces = objectsIn(asList(answer))
    for (const value of pieces) {
      if (!isDrawn(value)) {
        task.withoutArea.push('sequence' in value ? 'video' : key)
        continue
      }
      task.drawn.push({
        value,
        width: value.original_width,
        height: value.original_height,
        rotation: value.image_rotation,
        label: labelOf(value),
      })
    }
    const chosen = asObject(answer)
    if (chosen) task.choices.push(...choicesIn(chosen))
    else if (/choice|label|class|quality|verdict|result/i.test(key)) {
      if (typeof answer === 'string') task.choices.push(...asWords(answer))
      else if (asList(answer).every((word) => typeof word === 'string')) task.choices.push(...asWords(answer))
    }
  }
  return task
}

/** The tasks of an export; null for another document. */
export function labelStudioTasks(document: unknown): LabelStudioTask[] | null {
  const entries = Array.isArray(document) ? document : [document]
  const rows = objectsIn(entries)
  if (rows.length === 0 && entries.length > 0) return null
  const isTask = (row: Values): boolean =>
    asObject(row.data) !== null || 'result' in row || 'annotations' in row || 'completions' in row
  const isRow = (row: Values): boolean => addressIn(row) !== null
  if (!rows.some((row) => isTask(row) || isRow(row))) return null
  const tasks = rows.map((row) => (isTask(row) ? taskOf(row) : taskOfRow(row)))
  return united(tasks)
}

/** One task for each photograph: JSON-MIN has a row for each annotation. */
function united(tasks: readonly LabelStudioTask[]): LabelStudioTask[] {
  const byAddress = new Map<string, LabelStudioTask>()
  const all: LabelStudioTask[] = []
  for (const task of tasks) {
    const known = task.address === null ? undefined : byAddress.get(task.address)
    if (known === undefined) {
      if (task.address !== null) byAddress.set(task.address, task)
      all.push(task)
      continue
    }
    known.drawn.push(...task.drawn)
    known.choices.push(...task.choices)
    known.withoutArea.push(...task.withoutArea)
    known.annotations += task.annotations
    known.cancelled += task.cancelled
    known.predictions += task.predictions
  }
  return all
}
