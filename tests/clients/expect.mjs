// What the scripts share: one question each, and a message that says which was answered wrongly.

import { isDeepStrictEqual } from 'node:util'

/** Fails unless what was found is what was expected. */
export function same(what, found, expected) {
  if (!isDeepStrictEqual(found, expected)) {
    throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`)
  }
}

/** The error that something must end in. */
export async function refused(what, promise) {
  let done
  try {
    done = await promise
  } catch (error) {
    return error
  }
  throw new Error(`${what} was not refused: ${JSON.stringify(done)}`)
}

/** Runs the checks, one after the other, and leaves with what went wrong first. */
export async function run(checks) {
  // A promise that never settles would end the script without a word.
  process.on('exit', (code) => code === 13 && console.error('a call has never ended'))
  for (const check of checks) {
    try {
      await check()
    } catch (error) {
      console.error(`${check.name}: ${error.stack ?? error}`)
      process.exit(1)
    }
  }
}
