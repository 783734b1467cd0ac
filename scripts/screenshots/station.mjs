/** The application in a browser, as the pictures' story needs it: calls answered, jobs at their end, screens drawn. */
import { setTimeout as pause } from 'node:timers/promises'
import { serveWindow } from '../window/served.mjs'
import { settled } from '../window/settled.mjs'

/** @typedef {import('./words.mjs').Language} Language */
/** @typedef {'dark' | 'light'} Theme */
/** @typedef {Awaited<ReturnType<typeof openStation>>} Station */

const patience = 120_000

/**
 * @param {import('playwright-core').Browser} browser
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} parameters
 * @param {(problem: string) => void} tell
 */
export async function openStation(browser, env, parameters, tell) {
  const host = await serveWindow(env, parameters)
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(60_000)
  const page = await context.newPage()
  page.on('pageerror', (error) => tell(`The page: ${error.message}`))
  await page.goto(host.url)
  await settled(page)

  /**
   * A call of the contract.
   * @param {string} name
   * @param {object} [input]
   * @returns {Promise<any>}
   */
  const call = (name, input = {}) =>
    page.evaluate(`window.fanoscope.call(${JSON.stringify(name)}, ${JSON.stringify(input)}).catch((failure) => {
      throw new Error(${JSON.stringify(name)} + ': ' + (failure.message ?? JSON.stringify(failure)))
    })`)

  /**
   * @param {string} id
   * @param {(job: any) => boolean} isThere
   */
  async function jobUntil(id, isThere) {
    for (const until = Date.now() + patience * 5; Date.now() < until; await pause(250)) {
      const jobs = await call('job.list')
      const job = jobs.find((/** @type {any} */ one) => one.id === id)
      if (job?.state === 'failed') throw new Error(`${job.kind}: ${job.failure?.message}`)
      if (job !== undefined && isThere(job)) return job
    }
    throw new Error(`The job ${id} did not get there.`)
  }

  /** @param {string} name @param {object} input */
  async function finish(name, input) {
    const started = await call(name, input)
    await jobUntil(started.job, ({ state }) => state === 'done')
    return started
  }

  return {
    page,
    call,
    jobUntil,
    /** Starts a job and waits for its end. */
    finish,
    /** @param {string} name */
    async signIn(name) {
      await call('operator.signIn', { name })
      await page.evaluate(`sessionStorage.setItem('fanoscope.operator', ${JSON.stringify(name)})`)
    },
    /**
     * A screen as somebody sees it who opens the application at it.
     * @param {string} address below the page
     * @param {Theme} theme
     * @param {Language} language
     */
    async open(address, theme, language) {
      await call('setting.set', { key: 'ui.theme', value: theme })
      await call('setting.set', { key: 'ui.language', value: language })
      // How the picture before looked at parts is not how this one does.
      await call('setting.set', { key: 'ui.review.view', value: {} })
      // Tabs, lists and views that were chosen for the picture before are not those of this one.
      await page.evaluate(`(() => {
        const who = sessionStorage.getItem('fanoscope.operator')
        sessionStorage.clear()
        if (who !== null) sessionStorage.setItem('fanoscope.operator', who)
      })()`)
      // Elsewhere first: an address that differs behind the # alone loads nothing.
      await page.goto('about:blank')
      await page.goto(`${host.url}${address}`)
      await settled(page)
    },
    async close() {
      await context.close()
      await host.end()
    },
  }
}

/** Says of a page what of its pictures is still missing. */
const unfinished = `(() => {
  const isSeen = (element) => {
    const { top, left, bottom, right, width } = element.getBoundingClientRect()
    return width > 0 && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth
  }
  return [...document.images].filter((image) => isSeen(image) && !(image.complete && image.naturalWidth > 0)).length
    + document.querySelectorAll('.el-skeleton, .el-loading-mask, [aria-busy=true]').length
})()`

/**
 * The picture of a page, or of a part of it, once nothing on it changes any more.
 * @param {import('playwright-core').Page} page
 * @param {(() => Promise<{ x: number, y: number, width: number, height: number }>) | undefined} part
 * @returns {Promise<Buffer>}
 */
export async function drawn(page, part) {
  await settled(page)
  for (let tries = 0; tries < 100 && (await page.evaluate(unfinished)) !== 0; tries += 1) await pause(100)
  const take = async () =>
    page.screenshot({
      animations: 'disabled',
      caret: 'hide',
      ...(part === undefined ? {} : { clip: await part() }),
    })
  let before = await take()
  for (let tries = 0; tries < 6; tries += 1) {
    await pause(120)
    const now = await take()
    if (now.equals(before)) return now
    before = now
  }
  // A running training changes at every step.
  return before
}
