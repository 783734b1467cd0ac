/** The list of all parts for programs: CycloneDX, made by its own tool for npm, and completed with what npm does not know. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lastWords, runCommand } from '../setup/command.mjs'
import { currentNode, toolEnvironment } from '../setup/node.mjs'
import { SetupProblem } from '../setup/problem.mjs'

/**
 * @typedef {{ type: string, name: string, version?: string, group?: string, 'bom-ref': string, purl?: string, [other: string]: unknown }} Component
 * @typedef {{ ref: string, dependsOn?: string[] }} Dependency
 * @typedef {{ metadata: { component: Component, [other: string]: unknown }, components: Component[], dependencies: Dependency[], [other: string]: unknown }} Sbom
 */

/**
 * Of everything in package-lock.json, as the tool lists it.
 * @param {import('../setup/places.mjs').Places} places
 * @returns {Promise<Sbom>}
 */
export async function sbomOfLock(places) {
  const tool = join(places.modules, '@cyclonedx', 'cyclonedx-npm', 'bin', 'cyclonedx-npm-cli.js')
  const options = ['--package-lock-only', '--omit', 'dev', '--flatten-components', '--output-reproducible']
  const form = ['--spec-version', '1.6', '--output-format', 'JSON']
  const file = join(places.cache, 'bundle', `lock-${process.pid}.cdx.json`)
  mkdirSync(join(places.cache, 'bundle'), { recursive: true })
  try {
    const result = await runCommand(currentNode(places), [tool, ...options, ...form, '--output-file', file], {
      cwd: places.root,
      env: toolEnvironment(places),
      timeout: 300_000,
    })
    if (!result.ok) {
      throw new SetupProblem(
        'sbom-failed',
        `the list of parts failed.\n${lastWords(result)}`,
        'Run npm ci, then start again.',
      )
    }
    return JSON.parse(readFileSync(file, 'utf8'))
  } finally {
    rmSync(file, { force: true })
  }
}

/** @param {Component} component */
const keyOf = ({ group, name, version }) => `${group === undefined ? name : `${group}/${name}`}@${version}`

/**
 * Those parts that are in the bundle.
 * @param {Sbom} all
 * @param {readonly { name: string, version: string }[]} shipped
 * @param {readonly import('./licences.mjs').Part[]} others that npm does not know
 * @returns {{ sbom: Sbom, missing: string[] }} missing: shipped, and not in the tool's list
 */
export function sbomOfBundle(all, shipped, others) {
  const wanted = new Set(shipped.map(({ name, version }) => `${name}@${version}`))
  const components = all.components.filter((component) => wanted.has(keyOf(component)))
  const listed = new Set(components.map(keyOf))
  const added = others.map(({ name, version, licence, origin }) => ({
    type: 'library',
    name,
    version,
    'bom-ref': `${name}@${version}`,
    licenses: [{ expression: licence }],
    externalReferences: [{ type: 'website', url: origin }],
  }))
  const root = all.metadata.component['bom-ref']
  const references = new Set([root, ...components.map((component) => component['bom-ref'])])
  const dependencies = all.dependencies
    .filter(({ ref }) => references.has(ref))
    .map(({ ref, dependsOn }) => {
      const kept = (dependsOn ?? []).filter((name) => references.has(name))
      const all = ref === root ? [...kept, ...added.map((part) => part['bom-ref'])] : kept
      return all.length === 0 ? { ref } : { ref, dependsOn: all }
    })
  return {
    sbom: {
      ...all,
      components: [...components, ...added],
      dependencies: [...dependencies, ...added.map((part) => ({ ref: part['bom-ref'] }))],
    },
    missing: [...wanted].filter((key) => !listed.has(key)),
  }
}
