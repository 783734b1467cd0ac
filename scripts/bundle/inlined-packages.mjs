/**
 * Which npm packages became part of the windows: Vite copies them into its own files, so that a list of node_modules
 * does not name them. The build writes the list, and the notice of licences reads it.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** @param {string} id of a module @returns {string | null} the path of its package as in package-lock.json */
export function packagePathOf(id) {
  const plain = id.replaceAll('\\', '/').replace(/^\0/, '')
  const found = /^.*?\/(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/?]+)/.exec(plain)
  return found?.[1] ?? null
}

/**
 * A plug-in of Vite.
 * @param {string} file that gets the list
 */
export function listInlinedPackages(file) {
  return {
    name: 'list-inlined-packages',
    /** @this {{ getModuleIds(): Iterable<string> }} */
    writeBundle() {
      const paths = new Set([...this.getModuleIds()].map(packagePathOf).filter((path) => path !== null))
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, `${JSON.stringify([...paths].sort(), null, 2)}\n`)
    },
  }
}
