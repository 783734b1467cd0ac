/** The words on the screens, so that a picture's buttons are found in either language. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../setup/places.mjs'

/** @typedef {'en' | 'zh-CN'} Language */

/**
 * The text of a message key up to its first placeholder, in the first of its plural forms: what a control's name
 * begins with.
 * @param {Language} language
 * @returns {(key: string) => string}
 */
export function wordsOf(language) {
  const file = join(projectRoot, 'src', 'renderer', 'i18n', `${language}.json`)
  const messages = JSON.parse(readFileSync(file, 'utf8'))
  return (key) => {
    let found = messages
    for (const part of key.split('.')) found = found?.[part]
    if (typeof found !== 'string') throw new Error(`There is no message ${key} in ${language}.`)
    const [form = ''] = found.split(' | ')
    const [text = ''] = form.split(/\{\w+\}/)
    return text.trim()
  }
}
