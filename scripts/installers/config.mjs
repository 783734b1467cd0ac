/** How electron-builder makes the installers. Each choice that is not its usual one says why. */

/** Switches in Electron's own program, which no file beside it can undo. */
export const fuses = {
  // The engine is a utility process, and the command line comes with the offline bundle: nobody needs a plain Node,
  // with which any program could act under our signature.
  runAsNode: false,
  // The same for code that would come by an environment variable, or through a debugger's port.
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  // Code comes from the archive alone, and on Windows and macOS only from the one that was signed.
  onlyLoadAppFromAsar: true,
  enableEmbeddedAsarIntegrityValidation: true,
  // What the window stores is encrypted with a key of the user's account.
  enableCookieEncryption: true,
  // The windows come through a protocol of our own (src/main/shell/electron.ts), never from file addresses.
  grantFileProtocolExtraPrivileges: false,
  // There is no snapshot of our own.
  loadBrowserProcessSpecificV8Snapshot: false,
}

/** What the loader of the operating system opens, which cannot look into an archive. */
export const unpacked = [
  '**/*.node',
  '**/node_modules/@img/**',
  '**/node_modules/@tensorflow/tfjs-node-gpu/deps/**',
  // They are read in pieces by TensorFlow's side and are large.
  '.cache/backbones/**',
]

/**
 * @param {{ app: string, output: string, electronDist: string | null, electronVersion: string }} places
 *   app: the folder that `stage.mjs` writes; electronDist: a folder with Electron, so that nothing is fetched
 * @returns {import('electron-builder').Configuration}
 */
export function installerConfig({ app, output, electronDist, electronVersion }) {
  return {
    appId: 'app.fanoscope',
    productName: 'Fanoscope',
    copyright: 'Fanoscope contributors, Apache License 2.0',
    directories: { app, output, buildResources: 'resources' },
    electronVersion,
    ...(electronDist === null ? {} : { electronDist }),
    // The folder is whole: its packages are chosen by package-lock.json, with ready-made binaries. Nothing is to be
    // collected or built, which electron-builder takes from this answer.
    beforeBuild: async () => false,
    // It leaves out a folder of this name unless it is named as a set of its own.
    files: ['**/*', { from: 'node_modules', to: 'node_modules', filter: ['**/*'] }],
    asar: true,
    asarUnpack: unpacked,
    electronFuses: fuses,
    // The windows bring their own words.
    electronLanguages: ['en-US', 'zh-CN'],
    // Updates come from a folder or a stick, never from an address.
    publish: null,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder fills it in.
    artifactName: '${productName}-${version}-${os}-${arch}.${ext}',
    win: { target: ['nsis'] },
    nsis: {
      // A person chooses between this account and all accounts, and the folder; silent: /S /allusers /D=FOLDER.
      oneClick: false,
      perMachine: false,
      allowToChangeInstallationDirectory: true,
      // Removing the program never removes what people made with it.
      deleteAppDataOnUninstall: false,
      installerLanguages: ['en_US', 'zh_CN'],
    },
    linux: {
      target: ['AppImage', 'deb'],
      category: 'Science',
      maintainer: 'Fanoscope contributors <maintainers@fanoscope.invalid>',
      synopsis: 'Offline visual inspection',
      executableName: 'fanoscope',
    },
    mac: { target: ['dmg'], category: 'public.app-category.utilities', hardenedRuntime: true },
  }
}
