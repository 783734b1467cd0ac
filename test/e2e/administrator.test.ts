/** A station that an administrator set up, in a real window. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { createStation, describeInChromium } from './station.ts'

describeInChromium('a station that an administrator set up', () => {
  const station = createStation()
  const file = join(station.folder, 'fanoscope.json')
  process.env.FANOSCOPE_POLICY = file
  afterAll(() => {
    delete process.env.FANOSCOPE_POLICY
    rmSync(file, { force: true })
  })

  it('opens its workspace in its language, and shows in the settings what cannot be changed', async () => {
    const policy = {
      workspace: '~/Line 4',
      language: 'zh-CN',
      signInRequired: true,
      retention: { goodDays: 14, flaggedDays: null, gigabytes: 500 },
    }
    writeFileSync(file, JSON.stringify(policy))
    const page = await station.open()
    // The language is not that of the browser, and nobody may choose another one.
    await page.getByRole('contentinfo').waitFor()
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN')
    expect(await page.getByRole('contentinfo').getByRole('button', { name: '切换语言' }).count()).toBe(0)
    await page.goto(`${page.url().split('#')[0]}#/settings`)
    const set = page.getByRole('region', { name: '由管理员设定' })
    await set.getByText('~/Line 4').waitFor()
    await set.getByText('每次更改都必须登录').waitFor()
    await set.getByText('14 天').waitFor()
    const language = page.getByRole('radiogroup', { name: '语言' })
    expect(await language.getByRole('radio', { disabled: true }).count()).toBe(3)
    const retention = page.getByRole('switch', { disabled: true })
    expect(await retention.count()).toBe(3)
    await station.close()
  })

  it('does not start with a file that has a mistake, and says where', async () => {
    writeFileSync(file, '{"langauge":"en"}')
    const ended = await station.command('serve', '--json')
    expect(ended.code).toBe(1)
    expect(ended.stdout).toContain('policy-invalid')
    expect(ended.stdout).toContain('langauge')
  })
})
