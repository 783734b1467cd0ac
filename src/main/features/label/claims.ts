/** What files say about the images of a dataset: for each image, the masks or shapes that were found for it. */
import type { Image } from '../../../shared/image.ts'
import type { MaskImport } from '../../../shared/label.ts'
import { type Message, message } from '../../../shared/messages/message.ts'
import type { Size } from '../../images/orientation.ts'
import type { Workspace } from '../../store/workspace.ts'
import type { TableRow } from '../layouts/table.ts'
import type { ClassNames } from './class-names.ts'
import type { DrawnShape } from './conform.ts'
import { folded, type Match, type Wanted } from './match-photograph.ts'

export interface ClaimContext {
  workspace: Workspace
  root: string
  match: (wanted: Wanted) => Match
  report: MaskImport
  invert: boolean
  /** Whether documents also give labels to whole photographs. */
  readsLabels: boolean
  /** Names of the classes of masks, by a file that lists them. */
  classes: ClassNames
}

/** What files say about one image. */
export interface Claim {
  image: Image
  files: string[]
  /** Files of masks, still to be read, with the defect type that their folder names. */
  masks: { file: string; type: string | null }[]
  drawn: { file: string; size: Size | null; shapes: DrawnShape[]; isTurnable: boolean }[]
  /** Why it marks nothing, where that is known. */
  refusal: Message | null
}

export class Claims {
  readonly #byImage = new Map<Image['id'], Claim>()
  of(image: Image, file: string): Claim {
    const known = this.#byImage.get(image.id)
    const claim = known ?? { image, files: [], masks: [], drawn: [], refusal: null }
    if (!known) this.#byImage.set(image.id, claim)
    if (!claim.files.includes(file)) claim.files.push(file)
    return claim
  }
  /** What documents say of whole photographs. */
  readonly labels: { image: Image; file: string; row: TableRow }[] = []
  list = (): Claim[] => [...this.#byImage.values()]
}

export const noImage = (found: Match & { image: null }, name: string): Message =>
  found.candidates.length === 0
    ? message('no-such-image', { name })
    : message('several-images', { name, files: found.candidates.slice(0, 5).map(({ file }) => file) })

export const imagesByName = (
  names: ReadonlyMap<Image['id'], string>,
  images: readonly Image[],
): Map<string, Image> => new Map(images.map((image) => [folded(names.get(image.id) ?? ''), image]))

/** A note with the image that it is about: a document of COCO is about many. */
export const aboutImage = (file: string, image: Image, note: Message): Message & { file: string } => ({
  file,
  code: note.code,
  params: { ...note.params, image: image.file },
})
