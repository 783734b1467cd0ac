/** What the networks of a configuration see: pictures of pixels, or windows of cells of features. */
import { backboneByName, featureCountOf } from './backbones/registry.ts'

/** The parameters that decide on it; those that only features have are left out elsewhere. */
export interface InputParameters {
  input?: string | undefined
  /** Side of a picture, in pixels. */
  size: number
  /** Color channels of a picture. */
  channels: number
  backbone?: string | undefined
  /** Side of a window, in cells. */
  window?: number | undefined
  /** Values that are kept of each cell; 0 for all of them. */
  components?: number | undefined
}

/** x is [N, size, size, channels]. */
export interface InputShape {
  of: 'pixels' | 'features'
  size: number
  channels: number
}

export const seesFeatures = ({ input }: Readonly<Record<string, unknown>>): boolean => input === 'features'

export function inputShape(parameters: InputParameters): InputShape {
  const { input, size, channels, backbone = 'none', window = 1, components = 0 } = parameters
  if (input !== 'features') return { of: 'pixels', size, channels }
  const known = backboneByName(backbone)
  const all = known === null ? 0 : featureCountOf(known)
  // How many features a network that a person added has, stands in its file alone: its components are always set.
  if (components === 0 && all === 0) throw new TypeError(`The features of "${backbone}" are not known.`)
  return { of: 'features', size: window, channels: components || all }
}
