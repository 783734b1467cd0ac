/**
 * Reads the addresses that `assetPath` of the contract makes. An address is numbers and names of a fixed
 * form and nothing else, so that no part of a path on disk can come from outside.
 */
import { idSchema } from '../../../shared/values.ts'

export type AssetAddress =
  | { kind: 'original' | 'thumbnail' | 'mask'; image: number }
  | { kind: 'reconstruction' | 'map'; run: string; image: number }
  | { kind: 'preview'; run: string; name: string; step: number }

// Numbers are plain decimal digits: no sign, no exponent, no leading zero, and exact in a double.
const ofImage = /^(original|thumbnail|mask)\/([1-9]\d{0,14})$/
const ofRun = /^(reconstruction|map)\/([^/]+)\/([1-9]\d{0,14})$/
const ofTraining = /^preview\/([^/]+)\/([a-z0-9][a-z0-9_-]{0,63})\/(0|[1-9]\d{0,14})$/

/** Null where `path` is not such an address. `path` is relative, without a query. */
export function parseAssetAddress(path: string): AssetAddress | null {
  const [, imageKind, image] = ofImage.exec(path) ?? []
  if (imageKind === 'original' || imageKind === 'thumbnail' || imageKind === 'mask') {
    return { kind: imageKind, image: Number(image) }
  }
  const [, runKind, run, runImage] = ofRun.exec(path) ?? []
  if ((runKind === 'reconstruction' || runKind === 'map') && run !== undefined && isRunId(run)) {
    return { kind: runKind, run, image: Number(runImage) }
  }
  const [, trainedRun, name, step] = ofTraining.exec(path) ?? []
  if (trainedRun !== undefined && name !== undefined && isRunId(trainedRun)) {
    return { kind: 'preview', run: trainedRun, name, step: Number(step) }
  }
  return null
}

const isRunId = (text: string): boolean => idSchema.safeParse(text).success
