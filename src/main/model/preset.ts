/** Named values for some of a system's parameters; the others keep their defaults. */
export interface Preset {
  name: string
  description: string
  values: Record<string, string | number | boolean>
  /** Values that replace some of these where the networks see features. */
  withFeatures?: Record<string, string | number | boolean>
}
