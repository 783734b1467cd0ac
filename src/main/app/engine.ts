/**
 * The engine process: takes one task at a time from main and answers with `FromEngine` messages, through
 * Electron's parent port or Node's own channel.
 */
import { answerMain } from '../engine/tasks/answer-main.ts'

answerMain(process)
