import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** Of Vue and its router, which are known everywhere. */
const builtIn = new Set([
  'RouterLink',
  'RouterView',
  'Teleport',
  'Transition',
  'TransitionGroup',
  'KeepAlive',
  'Suspense',
])

const files = readdirSync('src/renderer', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.vue'),
)

/** Neither the types nor the build notice a component without an import: the browser shows an unknown element. */
it.each(files)('%s imports every component that its template has', (file) => {
  const text = readFileSync(join('src/renderer', file), 'utf8')
  const script = text.slice(0, text.indexOf('</script>'))
  const template = text.slice(text.indexOf('<template>'))
  const used = new Set([...template.matchAll(/<([A-Z][A-Za-z0-9]*)/g)].map(([, name = '']) => name))
  const own = file.split('/').at(-1)?.replace('.vue', '') ?? ''
  const missing = [...used].filter(
    (name) => name !== own && !builtIn.has(name) && !new RegExp(`\\b${name}\\b`).test(script),
  )
  expect(missing).toEqual([])
})
