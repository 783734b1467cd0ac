import { describe, expect, it } from 'vitest'
import { type Desktop, openWindow, standardSize, windowPlans } from '../../../src/main/shell/open-window.ts'

const url = 'http://127.0.0.1:4000/ticket/'
const desktop = (values: Partial<Desktop>, there: string[] = []): Desktop => ({
  platform: 'linux',
  environment: { DISPLAY: ':0', PATH: '/usr/local/bin:/usr/bin' },
  home: '/home/a',
  exists: (path) => there.includes(path),
  ...values,
})
const profileOf = (args: string[] | undefined): string | undefined =>
  args?.find((arg) => arg.startsWith('--user-data-dir='))?.slice('--user-data-dir='.length)

describe('the window of the browser host', () => {
  it('is an app window of an installed Chromium, offline and with a profile of its own', () => {
    const [plan] = windowPlans(url, desktop({}, ['/usr/bin/chromium']))
    expect(plan).toMatchObject({ kind: 'app-window', command: '/usr/bin/chromium' })
    expect(plan?.args).toContain(`--app=${url}`)
    expect(plan?.args).toContain('--disable-background-networking')
    expect(profileOf(plan?.args)).toBe('/home/a/.cache/fanoscope/window')
  })

  it('has the size that it is asked for', () => {
    const there = desktop({}, ['/usr/bin/chromium'])
    expect(windowPlans(url, there)[0]?.args).toContain('--window-size=1440,900')
    const [plan] = windowPlans(url, there, { width: 1300, height: 777 })
    expect(plan?.args).toContain('--window-size=1300,777')
  })

  it('takes another profile where the first is in use', () => {
    const there = ['/usr/bin/google-chrome', '/home/a/.cache/fanoscope/window/SingletonLock']
    const [plan] = windowPlans(url, desktop({}, there))
    expect(profileOf(plan?.args)).toBe('/home/a/.cache/fanoscope/window-2')
  })

  it('keeps the profile of a Chromium snap where a snap may write', () => {
    const [plan] = windowPlans(url, desktop({}, ['/usr/bin/chromium-browser', '/snap/bin/chromium']))
    expect(profileOf(plan?.args)).toBe('/home/a/snap/chromium/common/fanoscope/window')
  })

  it('is found on Windows, where Edge always is', () => {
    const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe'
    const environment = {
      'ProgramFiles(x86)': 'C:\\Program Files (x86)',
      LocalAppData: 'C:\\Users\\a\\Local',
    }
    const plans = windowPlans(url, desktop({ platform: 'win32', environment }, [edge]))
    expect(plans.map(({ command }) => command)).toEqual([edge, 'rundll32'])
    expect(profileOf(plans[0]?.args)).toBe('C:\\Users\\a\\Local\\Fanoscope\\window')
  })

  it('is found on a Mac', () => {
    const chrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
    const plans = windowPlans(
      url,
      desktop({ platform: 'darwin', environment: {}, home: '/Users/a' }, [chrome]),
    )
    expect(plans.map(({ command }) => command)).toEqual([chrome, 'open'])
    expect(profileOf(plans[0]?.args)).toBe('/Users/a/Library/Caches/Fanoscope/window')
  })

  it('is a tab of the default browser where no Chromium is', () => {
    const [plan, ...others] = windowPlans(url, desktop({}))
    expect([plan?.kind, plan?.command, plan?.args]).toEqual(['default-browser', 'xdg-open', [url]])
    expect(others).toEqual([])
  })

  it('is none without a desktop', async () => {
    const bare = desktop({ environment: { PATH: '/usr/bin' } }, ['/usr/bin/chromium'])
    expect(windowPlans(url, bare)).toEqual([])
    expect(await openWindow(url, standardSize, bare)).toBeNull()
  })
})
