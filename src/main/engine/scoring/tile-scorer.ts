/** What scores tiles: a system's networks, compiled for one size of batch. */
export interface TileScorer {
  readonly size: number
  readonly channels: number
  readonly batch: number
  readonly componentNames: string[]
  /**
   * @param tiles [batch, size, size, channels] in [-1, 1]
   * @returns components [batch, names], map [batch, size, size], reconstruction as the tiles
   */
  score(tiles: Float32Array): { components: Float32Array; map: Float32Array; reconstruction: Float32Array }
  /** D(x) of each tile: [batch, size, size, channels] -> [batch]. */
  discriminate(tiles: Float32Array): Float32Array
  dispose(): void
}
