/** The Chromium that comes inside the npm package @sparticuz/chromium: for pictures, tests and measurements of the window. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import { chromium as browserType } from 'playwright-core'
import { takeLock } from '../setup/lock.mjs'

/** Unpacked once a machine, and by one process at a time: a second would start what is half there. */
async function executablePath() {
  const lock = await takeLock(join(tmpdir(), 'fanoscope-chromium.lock'), () => undefined)
  try {
    return await chromium.executablePath()
  } finally {
    lock.release()
  }
}

/**
 * Rejects where it does not run, for instance on another system than Linux.
 * @param {Record<string, string | undefined>} [env]
 * @returns {Promise<import('playwright-core').Browser>}
 */
export async function launchChromium(env = process.env) {
  return await browserType.launch({
    env,
    executablePath: await executablePath(),
    args: [
      // A picture is drawn with WebGL, here by the processor.
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--hide-scrollbars',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  })
}
