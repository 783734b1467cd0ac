import { duration } from '../setup/report.mjs'

/**
 * What `npm test` ends with: the skipped tests, how long it took, and what came of it as the last line.
 * @param {import('./summary-reporter.mjs').Summary} summary
 * @param {number} time in milliseconds
 * @returns {string[]}
 */
export function summaryLines({ passed, failed, skipped }, time) {
  return [
    ...(skipped.length > 0 ? ['Skipped:'] : []),
    ...skipped.flatMap(({ file, test, reason }) => [`  ${file}: ${test}`, `    ${reason}`]),
    `Took ${duration(time)}`,
    `${passed} passed, ${failed} failed, ${skipped.length} skipped`,
  ]
}
