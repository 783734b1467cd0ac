/**
 * Test files in the order that keeps all workers busy to the end: the longest first. How long one takes is what
 * vitest remembers of the last run; where it remembers nothing, as after a fresh checkout, what the file starts (a
 * browser, an engine, the command line, a training) tells more than its size, by which vitest would go.
 */
import { readFileSync } from 'node:fs'
import { BaseSequencer } from 'vitest/node'

/** Typical times in milliseconds of files whose source has these words. */
const kinds = [
  { words: /describeInChromium/, time: 30_000 },
  { words: /\bsessionOn\b/, time: 12_000 },
  { words: /\bfanoscope\(/, time: 8000 },
  { words: /describeCompiled/, time: 7000 },
]

/**
 * @param {string} source of a test file
 * @returns {number} milliseconds
 */
export const typicalTime = (source) => kinds.find(({ words }) => words.test(source))?.time ?? 0

export class LongestFirst extends BaseSequencer {
  /**
   * @override
   * @param {import('vitest/node').TestSpecification[]} files
   */
  async sort(files) {
    const times = new Map(
      files.map((file) => [
        file,
        this.ctx.cache.getTestSpecificationResult(file)?.duration ??
          typicalTime(readFileSync(file.moduleId, 'utf8')),
      ]),
    )
    // Among those of which nothing is known, the order is vitest's own.
    return (await super.sort(files)).sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0))
  }
}
