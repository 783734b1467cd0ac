/**
 * What a person should know of the good photographs of a dataset before a training learns from them, each finding with
 * the files: odd sizes, mixed depths, values above white, black and blurred photographs. It is told from what was
 * measured at import; no photograph is decoded.
 */
import { z } from 'zod'
import { elementAt } from '../../../shared/element-at.ts'
import type { Params } from '../../../shared/messages/message.ts'
import { type TrainingWarning, trainingWarning } from '../../../shared/training.ts'
import type { Id } from '../../../shared/values.ts'
import { fullScale } from '../../images/full-scale.ts'
import type { Database } from '../../store/database.ts'
import { whiteLevel, whiteLevelOf } from '../../store/white-levels.ts'
import { commonSize, countSizes, elongation, isMostlyOneSize } from './picture-sizes.ts'

/** Files that a finding names; it also counts all of them. */
const mostFiles = 20

const pictureRow = z.object({
  file: z.string(),
  width: z.int(),
  height: z.int(),
  bitDepth: z.union([z.literal(8), z.literal(16)]),
  /** Null where it was imported before this was measured; then the other values are too. */
  robustPeak: z.int().nullable(),
  zeroBits: z.int().nullable(),
  mean: z.number().nullable(),
  sharpness: z.number().nullable(),
})
type Picture = z.infer<typeof pictureRow>

/** A photograph whose values were measured. */
interface Measured extends Picture {
  robustPeak: number
  zeroBits: number
  mean: number
  sharpness: number
}

/** How a training would look at the photographs. */
export interface LookedAt {
  input: 'whole' | 'tiles'
  size: number
}

/** Messages of the topic `warning`. */
export function pictureFindings(db: Database, datasetId: Id, looked: LookedAt): TrainingWarning[] {
  const pictures = db.all(
    pictureRow,
    `SELECT file, width, height, bit_depth AS bitDepth, robust_peak AS robustPeak, zero_bits AS zeroBits, mean,
       sharpness
     FROM image WHERE dataset_id = $datasetId AND removed_at IS NULL AND label = 'normal'
       AND split IN ('train', 'validation') ORDER BY id`,
    { datasetId },
  )
  if (pictures.length === 0) return []
  const measured = pictures.filter(isMeasured)
  const unmeasured = pictures.length - measured.length
  return [
    ...sizeFindings(pictures, looked),
    ...depthFindings(pictures, measured),
    ...whiteFindings(db, datasetId, measured),
    ...brightnessFindings(measured, whiteLevel(db, datasetId, 16)),
    ...(unmeasured > 0 ? [trainingWarning('photographs-unmeasured', { count: unmeasured })] : []),
  ]
}

function isMeasured(picture: Picture): picture is Measured {
  return picture.robustPeak !== null
}

/** A finding about some of the photographs; none where there are none. */
function finding(
  code: TrainingWarning['code'],
  some: readonly Picture[],
  of: number,
  params: Params = {},
): TrainingWarning[] {
  if (some.length === 0) return []
  const files = some.slice(0, mostFiles).map(({ file }) => file)
  return [trainingWarning(code, { count: some.length, of, files, ...params })]
}

function sizeFindings(pictures: readonly Picture[], { input, size }: LookedAt): TrainingWarning[] {
  const sizes = countSizes(pictures)
  const common = commonSize(sizes)
  if (common === null) return []
  const { width, height } = common
  const odd = isMostlyOneSize(sizes)
    ? pictures.filter((picture) => picture.width !== width || picture.height !== height)
    : []
  const least = Math.round(Math.max(width, height) / size)
  // A square pixel that becomes twice as wide as high is still seen; more than that loses small defects.
  const isSqueezed = input === 'whole' && elongation(common) > 2 && least > 1
  return [
    ...finding('odd-sizes', odd, pictures.length, { width, height }),
    ...(isSqueezed ? [trainingWarning('squeezed', { width, height, size, least })] : []),
  ]
}

/** The smaller of two groups. */
const fewer = <T>(one: readonly T[], other: readonly T[]): readonly T[] =>
  one.length <= other.length ? one : other

function depthFindings(pictures: readonly Picture[], measured: readonly Measured[]): TrainingWarning[] {
  const few = fewer(
    pictures.filter(({ bitDepth }) => bitDepth === 8),
    pictures.filter(({ bitDepth }) => bitDepth === 16),
  )
  // A single zero bit may be chance or a gain; a camera of 14 bits or fewer leaves two or more.
  const wide = measured.filter(({ bitDepth, robustPeak }) => bitDepth === 16 && robustPeak > 0)
  const fewAligned = fewer(
    wide.filter(({ zeroBits }) => zeroBits >= 2),
    wide.filter(({ zeroBits }) => zeroBits < 2),
  )
  return [
    ...finding('mixed-depths', few, pictures.length, { bits: few[0]?.bitDepth ?? 8 }),
    ...finding('mixed-alignment', fewAligned, wide.length),
  ]
}

/** At most this share of the photographs is called few. */
const fewShare = 0.02
/** Bits that a few photographs must add to the range of all others to be named. */
const addedBits = 2

function whiteFindings(db: Database, datasetId: Id, measured: readonly Measured[]): TrainingWarning[] {
  const wide = measured.filter(({ bitDepth }) => bitDepth === 16)
  const { set } = whiteLevelOf(db, datasetId)
  if (set !== null) {
    const above = wide.filter(({ robustPeak }) => robustPeak > set)
    return finding('photographs-above-white', above, wide.length, { white: set })
  }
  const white = whiteLevel(db, datasetId, 16)
  const bright = wide.filter(({ robustPeak }) => robustPeak > white >> addedBits)
  if (bright.length > Math.max(1, fewShare * wide.length) || bright.length === wide.length) return []
  const others = wide.filter((picture) => !bright.includes(picture))
  const peak = others.reduce((most, { robustPeak }) => Math.max(most, robustPeak), 0)
  return finding('white-by-few', bright, wide.length, { white, below: fullScale(16, peak) + 1 })
}

/** Shares of white: what a black photograph does not reach anywhere, and what its mean stays below. */
const blackPeak = 0.02
const blackMean = 0.05
/** Shares of white that the mean of a white photograph lies above, in any dataset and in one of darker photographs. */
const whiteMean = 0.98
const nearlyWhiteMean = 0.95
/** How many times further from the end of the range the median photograph is than a black or white one. */
const apart = 4
/** A photograph is called blurred where its sharpness is this many times below the median, */
const blunter = 4
/** and further below it than this many standard deviations, by the median deviation of the logarithm. */
const deviations = 4
/** Fewer photographs do not say what is usual. */
const leastForUsual = 8

function brightnessFindings(measured: readonly Measured[], white16: number): TrainingWarning[] {
  if (measured.length === 0) return []
  const whiteOf = ({ bitDepth }: Measured): number => (bitDepth === 8 ? 255 : white16)
  const meanOf = (picture: Measured): number => picture.mean / whiteOf(picture)
  const usual = median(measured.map(meanOf))
  const black = measured.filter((picture) => {
    const mean = meanOf(picture)
    return picture.robustPeak < blackPeak * whiteOf(picture) || (mean < blackMean && mean * apart < usual)
  })
  const white = measured.filter((picture) => {
    const mean = meanOf(picture)
    return mean > whiteMean || (mean > nearlyWhiteMean && (1 - mean) * apart < 1 - usual)
  })
  const others = measured.filter((picture) => !black.includes(picture) && !white.includes(picture))
  const of = measured.length
  return [
    ...finding('black-photographs', black, of),
    ...finding('white-photographs', white, of),
    ...finding('blurred-photographs', blurred(others), of),
  ]
}

function blurred(pictures: readonly Measured[]): Measured[] {
  if (pictures.length < leastForUsual) return []
  const sharpnessOf = ({ sharpness }: Measured): number => Math.log(Math.max(sharpness, 1e-9))
  const all = pictures.map(sharpnessOf)
  const usual = median(all)
  const deviation = 1.4826 * median(all.map((value) => Math.abs(value - usual)))
  const least = usual - Math.max(Math.log(blunter), deviations * deviation)
  return pictures.filter((picture) => sharpnessOf(picture) < least)
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  return elementAt(sorted, Math.floor(sorted.length / 2), 'measured photographs')
}
