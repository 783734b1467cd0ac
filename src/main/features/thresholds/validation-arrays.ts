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
  /** Where the tiles of each image begin, and after the last their end. */
  firstTile: Int32Array
  /** [tiles, names] of all images. */
  components: Float32Array
  hasMap: Uint8Array
  /** [images, levels] of `regionLevels`; the largest area where none is known, so that no defect gets by. */
  areas: Uint32Array
  /** How many images have a known region profile. */
  profiled: number
  normal: number
  anomalous: number
  /** Validation images without a label: no threshold can be weighed against them. */
  unlabeled: number
  /** Labeled validation images that the run has not scored. */
  missing: number
  /** SHA-256 of the ids and labels, so that it can be told later whether a threshold's images are still the same. */
  hash: string
}
