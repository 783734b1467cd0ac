/** The labeled validation images of a run with what scoring stored of them, in typed arrays. */
export interface ValidationSet {
  runId: string
  /** Names of the components of a tile, in their order. */
  names: readonly string[]
  ids: Int32Array
  /** 0 normal, 1 anomalous. */
  labels: Uint8Array
  /** Place of each image's defect type in `defectTypes`; -1 for a normal image. */
  types: Int16Array
  defectTypes: readonly string[]
  /** Index of the first tile of each image, followed by the total number of tiles. */
  firstTile: Int32Array
  /** Components of all tiles: [tiles, names]. */
  components: Float32Array
  hasMap: Uint8Array
  /**
   * Area of the largest flagged region: [images, levels of `flaggedRegionLevels`]. The largest possible value where
   * it is not known, so that no defect passes because of that.
   */
  areas: Uint32Array
  /** Number of images whose flagged region profile is known. */
  profiled: number
  normal: number
  anomalous: number
  /** Number of validation images without a label; they cannot be used to choose a threshold. */
  unlabeled: number
  /** Number of labeled validation images that the run has not scored. */
  missing: number
  /** SHA-256 of the ids and labels, which shows later whether the images of a threshold are still the same. */
  hash: string
}
