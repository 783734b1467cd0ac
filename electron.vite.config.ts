/**
 * Three bundles: main with the programs of its own (engine, thread), the bridge for each host, and the renderer.
 * In the project Node runs the command line's source; its bundle is for the offline bundle, which has no source.
 */
import { join } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { listInlinedPackages } from './scripts/bundle/inlined-packages.mjs'

const root = import.meta.dirname

/** The package names two forms of each font; what shows the windows reads the smaller one. */
const onlyWoff2 = {
  name: 'only-woff2',
  enforce: 'pre' as const,
  transform(code: string, id: string): string | null {
    if (!id.includes('@fontsource')) return null
    return code.replace(/,\s*url\([^)]*\.woff\)\s*format\('woff'\)/g, '')
  },
}

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rolldownOptions: {
        input: {
          index: join(root, 'src/main/index.ts'),
          cli: join(root, 'src/main/cli.ts'),
          engine: join(root, 'src/main/app/engine.ts'),
          thread: join(root, 'src/main/app/thread.ts'),
        },
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          // `src/main/platform/program-file.ts` finds the programs from a chunk by this folder's name.
          chunkFileNames: 'chunks/[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    plugins: [listInlinedPackages(join(root, 'out', 'packages-of-preload.json'))],
    build: {
      outDir: 'out/preload',
      // Each a file of its own: neither a sandboxed preload nor a plain script can load a second one.
      isolatedEntries: true,
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: join(root, 'src/preload/index.ts'), browser: join(root, 'src/preload/browser.ts') },
        output: { format: 'cjs', entryFileNames: '[name].js' },
      },
    },
  },
  renderer: {
    root: join(root, 'src/renderer'),
    // Served below a ticket in the browser host, so no address may begin at the root.
    base: './',
    plugins: [vue(), onlyWoff2, listInlinedPackages(join(root, 'out', 'packages-of-windows.json'))],
    define: {
      __VUE_OPTIONS_API__: false,
      __VUE_PROD_DEVTOOLS__: false,
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false,
      __VUE_I18N_FULL_INSTALL__: false,
      __VUE_I18N_LEGACY_API__: false,
      __INTLIFY_PROD_DEVTOOLS__: false,
      __INTLIFY_DROP_MESSAGE_COMPILER__: false,
    },
    build: {
      outDir: join(root, 'out/renderer'),
      emptyOutDir: true,
      assetsDir: 'assets',
      // The content security policy allows no data: addresses.
      assetsInlineLimit: 0,
      // Chromium 120 and what Electron brings; every one of them preloads modules by itself.
      modulePreload: { polyfill: false },
      target: 'es2023',
      rolldownOptions: { input: join(root, 'src/renderer/index.html') },
    },
  },
})
