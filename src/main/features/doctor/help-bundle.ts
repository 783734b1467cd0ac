/**
 * One file for somebody who helps from afar: what the doctor says, the logs, and the shape of the database; no
 * photographs, no decisions, no names, no secrets. A person looks through it before sending it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, failureDocument } from '../../../shared/failure.ts'
import { retentionKey } from '../../../shared/live.ts'
import { clockKey } from '../../../shared/workspace.ts'
import { readPolicy } from '../../platform/station-policy.ts'
import { stored } from '../../platform/storage-errors.ts'
import { type ZipContent, zipFile } from '../../platform/zip-file.ts'
import { type DatabaseDescription, describeDatabase } from '../../store/describe-database.ts'
import { isWorkspace } from '../../store/workspace.ts'
import type { DoctorReport } from './doctor-report.ts'
import { doctorDocument, doctorText } from './doctor-text.ts'
import { type Known, withoutNames } from './without-names.ts'

/** Settings whose value tells nothing about anybody. Of all others only the name is told. */
const toldSettings = new Set([retentionKey, clockKey])

const readme = `What this file holds, so that you can look through it before you send it to somebody:

  doctor.txt      what this computer has and lacks
  doctor.json     the same for programs
  database.json   version, tables, how many rows each has, settings; no row itself
  schema.sql      how the tables are made
  policy.json     what the administrator set, where there is such a file
  logs            what the program wrote down about its work

Photographs, labels, decisions and models are not in it. Names of operators, of the user and of this
computer, the path of the home folder, PINs and tickets were replaced. Names of datasets, runs and
files may stand in the logs.

本文件包含以下内容，发送给他人之前请先查看：
doctor（本机情况）、database（数据库版本、表、行数和设置，不含任何记录）、schema（表结构）、
policy（管理员的设定）、logs（程序日志）。
不含照片、标注、判定和模型。操作员、用户和电脑的名称、主文件夹路径、PIN 和票据已被替换；
日志中可能出现数据集、训练记录和文件的名称。
`

export interface HelpRequest {
  workspace: string
  report: DoctorReport
  environment: NodeJS.ProcessEnv
  known: Omit<Known, 'people'>
}

function helpBundle({ workspace, report, environment, known }: HelpRequest): ZipContent[] {
  const database = describedDatabase(workspace)
  const people = 'failure' in database ? [] : database.people
  const clean = withoutNames({ ...known, people })
  const files: [name: string, text: string][] = [
    ['README.txt', readme],
    ['doctor.txt', doctorText(report)],
    ['doctor.json', json(doctorDocument(report))],
    ['database.json', json('failure' in database ? database : told(database))],
  ]
  if (!('failure' in database)) files.push(['schema.sql', `${database.schema.join(';\n\n')};\n`])
  const administered = policyOf(environment)
  if (administered !== null) files.push(['policy.json', json(administered)])
  for (const name of ['fanoscope.1.log', 'fanoscope.log']) {
    const file = join(workspace, 'logs', name)
    if (existsSync(file)) files.push([`logs/${name}`, readFileSync(file, 'utf8')])
  }
  return files.map(([name, text]) => ({ name, content: Buffer.from(clean(text)) }))
}

/**
 * Never in place of a file that is there.
 * @returns the names of what is in it
 * @throws Failure `target-exists`
 */
export function writeHelpBundle(file: string, request: HelpRequest): string[] {
  const files = helpBundle(request)
  if (existsSync(file)) throw new Failure('target-exists', { path: file })
  stored(() => writeFileSync(file, zipFile(files), { flag: 'wx' }))
  return files.map(({ name }) => name)
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** A workspace that cannot be read is what help is asked for, so that it is told and stops nothing. */
function describedDatabase(workspace: string): DatabaseDescription | { failure: string } {
  if (!isWorkspace(workspace)) return { failure: 'There is no workspace.' }
  try {
    return describeDatabase(join(workspace, 'fanoscope.db'))
  } catch (error) {
    return { failure: failureDocument(error).message }
  }
}

const told = ({ version, rows, settings, people }: DatabaseDescription) => ({
  version,
  rows,
  operators: people.length,
  settings: settings.map(({ key, value }) =>
    toldSettings.has(key) ? { key, value } : { key, value: '(left out)' },
  ),
})

function policyOf(environment: NodeJS.ProcessEnv): unknown {
  try {
    return readPolicy(environment)
  } catch (error) {
    return { failure: failureDocument(error).message }
  }
}
