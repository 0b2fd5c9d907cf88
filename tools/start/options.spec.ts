import { StartError } from '../embedded/common.ts';
import { feedArguments } from './feed.ts';
import { parseOptions } from './options.ts';

test('without options: the demo, on port 3000, in .slipstream, until Ctrl-C', () => {
  expect(parseOptions([])).toEqual({
    fills: null,
    followers: null,
    copyMode: null,
    startingCapital: null,
    speed: null,
    strict: false,
    fresh: false,
    once: false,
    report: null,
    dataDir: '.slipstream',
    port: 3000,
  });
});

test('all options, and what the feed gets of them', () => {
  const options = parseOptions(
    (
      '--fills f.csv --followers 200 --copy-mode ratio_copy --starting-capital 5000.5 --speed max --strict --fresh --once ' +
      '--report out.json --data-dir d --port 0'
    ).split(' '),
  )!;
  expect(options).toMatchObject({ followers: 200, port: 0, dataDir: 'd', report: 'out.json', fresh: true });
  expect(feedArguments(options, 'state.json').join(' ')).toBe(
    '--fills f.csv --followers 200 --copy-mode ratio_copy --starting-capital 5000.5 --speed max --state state.json --strict --once',
  );
});

test('what was not given is left to the feed', () => {
  expect(feedArguments(parseOptions([])!, 'state.json')).toEqual(['--state', 'state.json']);
});

test.each([
  [['--bogus'], "unknown option '--bogus'"],
  [['extra'], 'too many arguments'],
  [['--followers', '-1'], 'a whole number from 0'],
  [['--followers', '1.5'], 'a whole number from 0'],
  [['--followers', '9999999'], 'a whole number from 0'],
  [['--copy-mode', 'all'], 'Allowed choices are'],
  [['--starting-capital', '0'], 'an amount above zero'],
  [['--starting-capital', 'NaN'], 'an amount above zero'],
  [['--speed', '0'], 'max, step, or how many times real time'],
  [['--speed', 'fast'], 'max, step, or how many times real time'],
  [['--port', '70000'], 'a whole number from 0 to 65535'],
  [['--port'], 'argument missing'],
  [['--fills', '--once'], 'the path of a CSV file'],
])('%j is refused in one sentence that says what it takes', (argv, sentence) => {
  expect(() => parseOptions(argv)).toThrow(StartError);
  expect(() => parseOptions(argv)).toThrow(sentence);
  expect(() => parseOptions(argv)).toThrow(/--help/);
});

test('--help lists the options and starts nothing', () => {
  const printed: string[] = [];
  expect(parseOptions(['--help'], (text) => printed.push(text))).toBeNull();
  for (const option of ['--fills', '--followers', '--once', '--report', '--data-dir', '--port', '--fresh'])
    expect(printed.join('')).toContain(option);
});
