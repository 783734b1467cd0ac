/** All steps in their order. Silent, and over at once, when nothing is to do. */
import { mkdirSync } from 'node:fs'
import { backbonesAreSettled, provideBackbones } from './backbones.mjs'
import { buildBundles, buildIsThere } from './build.mjs'
import { electronIsSettled, electronVersion, provideElectron } from './electron.mjs'
import { takeLock } from './lock.mjs'
import { detectMachine } from './machine.mjs'
import { nodeIsThere, provideNode } from './node.mjs'
import { installPackages, packagesAreThere } from './packages.mjs'
import { planSetup } from './plan.mjs'
import { provideTensorflow, tensorflowIsReady } from './tensorflow.mjs'

/**
 * @typedef {object} SetupOptions
 * @property {import('./plan.mjs').Target} target
 * @property {boolean} again tries once more what could not be had
 * @property {boolean} electron tries once more to fetch Electron
 */

/**
 * @param {import('./places.mjs').Places} places
 * @param {SetupOptions} options
 * @param {import('./report.mjs').Report} report
 * @param {{ onLock?: (release: () => void) => void }} [hooks]
 */
export async function runSetup(places, options, report, { onLock = () => {} } = {}) {
  const machine = detectMachine()
  const plan = planSetup({
    ...machine,
    electronVersion: electronVersion(places),
    target: options.target,
    env: process.env,
  })
  /** @param {import('./plan.mjs').StepId} id */
  const isSettled = (id) => {
    switch (id) {
      case 'packages':
        return packagesAreThere(places)
      case 'node':
        return nodeIsThere(places, plan)
      case 'tensorflow':
        return tensorflowIsReady(places, plan, machine, { again: options.again })
      case 'backbones':
        return backbonesAreSettled(places, { again: options.again })
      case 'electron':
        return electronIsSettled(places, { again: options.again || options.electron })
      case 'build':
        return buildIsThere(places, options.target)
    }
  }
  // Without a Node nothing else helps, and the packages take minutes.
  if (plan.node.from === 'nowhere') provideNode(places, plan)
  if (plan.steps.every(({ id }) => isSettled(id))) return

  mkdirSync(places.cache, { recursive: true })
  const lock = await takeLock(places.setupLock, (pid) => {
    report.line(
      `Another set-up of this project is at work (process ${pid}); waiting for it. If there is none, delete ${places.setupLock}.`,
    )
  })
  onLock(lock.release)
  try {
    for (const { id } of plan.steps) {
      if (isSettled(id)) continue
      if (id === 'packages') await installPackages(places, report)
      if (id === 'node') provideNode(places, plan)
      if (id === 'tensorflow') {
        for (const notice of plan.notices) report.notice(notice)
        await provideTensorflow(places, plan, machine, report)
      }
      if (id === 'backbones') await provideBackbones(places, report)
      if (id === 'electron') await provideElectron(places, report)
      if (id === 'build') await buildBundles(places, report)
    }
  } finally {
    lock.release()
  }
}
