/** Promises that run beside others are all waited for from their first moment on. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { applicationRoot } from '../../src/main/platform/application-root.ts'

/** The lines of `await` inside of the list that `Promise.all` or one of its kin is given. */
function awaitsInLists(name: string, text: string): string[] {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const isPromises = (node: ts.Node): boolean =>
    ts.isCallExpression(node) && /^Promise\.(all|allSettled|any|race)$/.test(node.expression.getText())
  const findAwait = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return
    if (ts.isAwaitExpression(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart())
      found.push(`${name}:${line + 1}`)
    }
    ts.forEachChild(node, findAwait)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isArrayLiteralExpression(node) && isPromises(node.parent)) findAwait(node)
    else ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

describe('lists of promises', () => {
  it('wait for nothing while they are made: what is rejected meanwhile ends the process', () => {
    const files = globSync('src/{main,preload,shared}/**/*.ts', { cwd: applicationRoot() })
    expect(files.length).toBeGreaterThan(100)
    const found = files.flatMap((file) =>
      awaitsInLists(file, readFileSync(join(applicationRoot(), file), 'utf8')),
    )
    expect(found).toEqual([])
  })

  it('are found by this test', () => {
    const text = 'await Promise.all([\n  write(a),\n  write(await draw(b)),\n  async () => await c,\n])'
    expect(awaitsInLists('here.ts', text)).toEqual(['here.ts:3'])
  })
})
