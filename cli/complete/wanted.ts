// What could stand at the cursor, by the grammar alone: commands, flags, or a value of some kind. Pure.
import type { Argument, Command, Option } from 'commander'

export type Wanted =
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  /** `what`: name of the argument, or of the flag's value */
  | { readonly kind: 'value'; readonly what: string; readonly flag: string | null; readonly prefix: string; readonly typed: string }
  | { readonly kind: 'nothing' }

export interface Candidate {
  readonly value: string
  readonly text: string
}

export interface WantedAt {
  readonly wanted: Wanted
  /** flags and their values that were written before, such as --head */
  readonly given: ReadonlyMap<string, string>
}

/** `words` after `dist`; the last one is being written. */
export function wantedAt(program: Command, words: readonly string[]): WantedAt {
  const typed = words.at(-1) ?? ''
  const given = new Map<string, string>()
  let command = program
  let places = 0
  let open: Option | null = null
  let onlyPlaces = false
  for (const word of words.slice(0, -1)) {
    if (open !== null) {
      given.set(open.attributeName(), word)
      open = null
    } else if (!onlyPlaces && word === '--') onlyPlaces = true
    else if (!onlyPlaces && word.startsWith('-')) {
      const [name, value] = split(word)
      const option = optionsOf(command).find(({ long, short }) => long === name || short === name)
      if (option !== undefined && takesValue(option)) {
        if (value === null) open = option
        else given.set(option.attributeName(), value)
      }
    } else {
      const inner: Command | undefined =
        places === 0 ? command.commands.find((one) => one.name() === word || one.aliases().includes(word)) : undefined
      if (inner === undefined) places++
      else command = inner
    }
  }
  return { wanted: wantedOf(command, typed, places, open, onlyPlaces), given }
}

function wantedOf(command: Command, typed: string, places: number, open: Option | null, onlyPlaces: boolean): Wanted {
  if (open !== null) return valueFor(open, '', typed)
  if (!onlyPlaces && typed.startsWith('-')) {
    const [name, value] = split(typed)
    const option = value === null ? undefined : optionsOf(command).find(({ long }) => long === name)
    if (option !== undefined && value !== null) return takesValue(option) ? valueFor(option, `${name}=`, value) : { kind: 'nothing' }
    return {
      kind: 'words',
      words: optionsOf(command).flatMap(({ long, description }) => (long ? [{ value: long, text: description }] : [])),
    }
  }
  if (command.commands.length > 0 && places === 0) return { kind: 'words', words: commandsOf(command) }
  const argument = argumentAt(command, places)
  if (argument === undefined) return { kind: 'nothing' }
  return argument.argChoices === undefined
    ? { kind: 'value', what: argument.name(), flag: null, prefix: '', typed }
    : { kind: 'words', words: argument.argChoices.map((value) => ({ value, text: '' })) }
}

function valueFor(option: Option, prefix: string, typed: string): Wanted {
  if (option.argChoices !== undefined)
    return { kind: 'words', words: option.argChoices.map((value) => ({ value: prefix + value, text: '' })) }
  const what = /<([^>]+)>|\[([^\]]+)\]/.exec(option.flags)
  return { kind: 'value', what: what?.[1] ?? what?.[2] ?? '', flag: option.long ?? null, prefix, typed }
}

function commandsOf(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), text: one.summary() || one.description() }))
}

function argumentAt({ registeredArguments: all }: Command, place: number): Argument | undefined {
  const last = all.at(-1)
  return all[place] ?? (last?.variadic === true ? last : undefined)
}

/** Its own, and those of every command around it. */
function optionsOf(command: Command): Option[] {
  const own = command.createHelp().visibleOptions(command)
  return command.parent === null ? own : [...own, ...optionsOf(command.parent).filter(({ long }) => !own.some((one) => one.long === long))]
}

function takesValue(option: Option): boolean {
  return option.required || option.optional
}

function split(word: string): [name: string, value: string | null] {
  const at = word.startsWith('--') ? word.indexOf('=') : -1
  return at < 0 ? [word, null] : [word.slice(0, at), word.slice(at + 1)]
}
