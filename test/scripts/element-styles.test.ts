/** Every part of Element Plus that code uses has its style sheet, those that are opened by a call included. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const themes = join(root, 'node_modules/element-plus/theme-chalk')

/** Parts that show nothing by themselves. */
const withoutLook: ReadonlySet<string> = new Set(['el-config-provider', 'el-tooltip', 'el-tab-pane'])

const kebab = (name: string): string => name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase()

const used = new Set(
  globSync('src/renderer/**/*.{vue,ts}', { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/import \{([^}]+)\} from 'element-plus'/g)].flatMap(
      ([, names = '']) => names.match(/\bEl[A-Z]\w*/g) ?? [],
    ),
  ),
)
const styles = readFileSync(join(root, 'src/renderer/styles/element.css'), 'utf8')

it('finds the parts that are used', () => {
  expect(used).toContain('ElMessageBox')
  expect(used.size).toBeGreaterThan(15)
})

it.each([...used].map(kebab).filter((name) => !withoutLook.has(name)))('%s', (name) => {
  expect(existsSync(join(themes, `${name}.css`))).toBe(true)
  expect(styles).toContain(`theme-chalk/${name}.css`)
})
