/** Where the Python package index keeps a wheel (PEP 503 and its JSON form, PEP 691), for machines without Python. */
import { readAddress, usualLimits } from './download.mjs'
import { SetupProblem } from './problem.mjs'
import { wheelFile } from './wheels.mjs'

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {string}
 */
export function packageIndex(env = process.env) {
  return (env.PIP_INDEX_URL ?? 'https://pypi.org/simple').replace(/\/+$/, '')
}

/**
 * @param {import('./wheels.mjs').Wheel} wheel
 * @param {{ index?: string, limits?: import('./download.mjs').Limits }} [options]
 * @returns {Promise<string>} its address
 */
export async function addressOfWheel(wheel, { index = packageIndex(), limits = usualLimits } = {}) {
  const page = `${index}/${wheel.project}/`
  const text = await readAddress(page, {
    headers: { accept: 'application/vnd.pypi.simple.v1+json, text/html;q=0.5' },
    limits,
  })
  const address = findInIndex(text, wheelFile(wheel))
  if (address === null) {
    throw new SetupProblem(
      'wheel-not-listed',
      `${new URL(page).host} does not list ${wheelFile(wheel)}.`,
      'Set PIP_INDEX_URL to a complete Python package index, then start again.',
    )
  }
  return new URL(address, page).href
}

/**
 * @param {string} text an index page, JSON or HTML
 * @param {string} file
 * @returns {string | null}
 */
export function findInIndex(text, file) {
  if (text.trimStart().startsWith('{')) {
    /** @type {{ files?: { filename?: string, url?: string }[] }} */
    const page = JSON.parse(text)
    return page.files?.find((entry) => entry.filename === file)?.url ?? null
  }
  for (const [, address = ''] of text.matchAll(/<a[^>]*\shref="([^"]+)"/gi)) {
    const plain = address.replaceAll('&amp;', '&').split('#')[0] ?? ''
    if (decodeURIComponent(plain).endsWith(`/${file}`) || decodeURIComponent(plain) === file) return plain
  }
  return null
}
