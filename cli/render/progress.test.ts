import { expect, test } from 'vitest'
import type { Output } from '../local/io.ts'
import { isUnicode, Progress, progressBar } from './progress.ts'

function capture(columns: number | null): { output: Output; text: () => string } {
  let text = ''
  return {
    output: {
      columns,
      write: (data) => {
        text += String(data)
      },
      flush: () => Promise.resolve(),
    },
    text: () => text,
  }
}

test('without a terminal there is one line every ten percent', () => {
  const { output, text } = capture(null)
  const progress = new Progress(output, true)
  for (let done = 0; done <= 100; done++) progress.update(`${done} %`, done / 100)
  expect(text()).toBe('0 %\n10 %\n20 %\n30 %\n40 %\n50 %\n60 %\n70 %\n80 %\n90 %\n100 %\n')
})

test('on a terminal the line is redrawn, cut to the width, and taken away', () => {
  const { output, text } = capture(10)
  const progress = new Progress(output, true)
  progress.update('a long line of text', 0)
  progress.update('a long line of text', 0)
  progress.update('short', 0)
  progress.clear()
  expect(text()).toBe('\ra long l…\rshort    \r     \r')
})

test('nothing is written when progress is not shown', () => {
  const { output, text } = capture(80)
  const progress = new Progress(output, false)
  progress.update('x', 0.5)
  progress.say('y')
  progress.clear()
  expect(text()).toBe('')
})

test('the bar is as full as the fraction says', () => {
  expect(progressBar(0.5, 4, true)).toBe('██░░')
  expect(progressBar(2, 4, false)).toBe('####')
})

test('the character set comes from the first locale variable that is set', () => {
  expect(isUnicode({ LC_ALL: 'C', LANG: 'de_DE.UTF-8' })).toBe(false)
  expect(isUnicode({ LC_ALL: '', LANG: 'de_DE.utf8' })).toBe(true)
})
