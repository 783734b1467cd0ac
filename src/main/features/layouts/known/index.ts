/** The table of all layouts that are known by name: one line for each. The first that fits is taken. */
import { btad } from './btad.ts'
import { coco } from './coco.ts'
import { cvat } from './cvat.ts'
import { dagm } from './dagm.ts'
import type { Evidence, Recogniser } from './known-layout.ts'
import { kolektor } from './kolektor.ts'
import { labelStudio } from './label-studio.ts'
import { labelme } from './labelme.ts'
import { mvtecAd } from './mvtec-ad.ts'
import { mvtecLoco } from './mvtec-loco.ts'
import { realIad } from './real-iad.ts'
import { segmentationClasses } from './segmentation-classes.ts'
import { table } from './table.ts'
import { visa } from './visa.ts'
import { voc } from './voc.ts'
import { yolo } from './yolo.ts'

const recognisers: readonly Recogniser[] = [
  mvtecLoco,
  btad,
  mvtecAd,
  visa,
  dagm,
  realIad,
  segmentationClasses,
  coco,
  labelStudio,
  cvat,
  labelme,
  voc,
  yolo,
  kolektor,
  table,
]

/** A folder that no other line fits: the words in the names of its folders are all that is known. */
const folders: Recogniser = { name: 'folders', fits: () => true }

export const recognise = (evidence: Evidence): Recogniser =>
  recognisers.find((layout) => layout.fits(evidence)) ?? folders
