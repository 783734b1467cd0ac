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
 * How pictures get on the screen. `webgl`: heat maps are colored with WebGL, here by the processor as well. `none`: as
 * Chromium and Electron draw on a machine without a graphics card, where nothing pretends to be one.
 * @typedef {'webgl' | 'none'} Graphics
 */

/** @type {Record<Graphics, string[]>} */
const graphicsOptions = {
  webgl: ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  none: ['--disable-gpu', '--disable-software-rasterizer'],
}

/**
 * Rejects where it does not run, for instance on another system than Linux.
 * @param {Record<string, string | undefined>} [env]
 * @param {Graphics} [graphics]
 * @returns {Promise<import('playwright-core').Browser>}
 */
export async function launchChromium(env = process.env, graphics = 'webgl') {
  return await browserType.launch({
    env,
    executablePath: await executablePath(),
    args: [
      ...graphicsOptions[graphics],
      '--hide-scrollbars',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  })
}
