/** `address`: asks the running server of a workspace for an address that no browser has used yet. */
import { z } from 'zod'
import type { AddCommand } from '../command-line/command.ts'

export const addAddress: AddCommand = (line) =>
  line.add({
    name: 'address',
    summary: 'print a new address of the server that has the workspace open, for a browser on this machine',
    examples: [['address --workspace line4', 'after the browser crashed; the server goes on']],
    options: z.object({}),
    async act({ workspace }) {
      const { askForAddress } = await import('./address-desk.ts')
      const url = await askForAddress(workspace)
      return { document: { url }, text: `${url}\n` }
    },
  })
