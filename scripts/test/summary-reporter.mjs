/**
 * A vitest reporter that writes what `npm test` sums up: how many tests passed and failed, and each skipped
 * one with its reason. (Vitest's own JSON leaves the reason out.) The file is named by FANOSCOPE_TEST_SUMMARY.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { conditionOf } from './skip-condition.mjs'

/**
 * @typedef {object} Summary
 * @property {number} passed
 * @property {number} failed
 * @property {{ file: string, test: string, reason: string }[]} skipped
 *
 * What is read of vitest's own types, which would bring the browser's types into every test:
 * @typedef {{ fullName: string, result: () => { state: string, note?: string | undefined } }} TestCase
 * @typedef {{ moduleId: string, errors: () => unknown[], children: { allTests: () => Iterable<TestCase> } }} TestModule
 */

export default class SummaryReporter {
  /**
   * @param {ReadonlyArray<TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandled errors outside of any test
   */
  onTestRunEnd(modules, unhandled) {
    /** @type {Summary} */
    const summary = { passed: 0, failed: unhandled.length, skipped: [] }
    for (const module of modules) {
      // A file that does not load, or whose hook fails, has an error and perhaps no test.
      if (module.errors().length > 0) summary.failed += 1
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') summary.passed += 1
        else if (result.state === 'skipped') {
          const names = test.fullName.split(' > ')
          summary.skipped.push({
            file: relative(process.cwd(), module.moduleId),
            test: test.fullName,
            reason:
              result.note ?? conditionOf(readFileSync(module.moduleId, 'utf8'), names) ?? 'no reason given',
          })
        } else summary.failed += 1
      }
    }
    const file = process.env.FANOSCOPE_TEST_SUMMARY
    if (file !== undefined) writeFileSync(file, JSON.stringify(summary))
  }
}
