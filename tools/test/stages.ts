/** A part of the tests that is run by one Jest. */
export interface Stage {
  readonly name: 'unit' | 'stack' | 'e2e';
  readonly jestOptions: readonly string[];
  /** Needs Kafka and PostgreSQL. */
  readonly needsStack: boolean;
}

const specs = (kind: string): string => `<rootDir>/{libs,apps,tools}/**/*.${kind}.spec.ts`;

/** In this order: what is quick and tells most first. What needs servers runs one by one: a fault test is about time. */
export const stages: readonly Stage[] = [
  {
    name: 'unit',
    jestOptions: ['--maxWorkers=2', '--testPathIgnorePatterns', '\\.(stack|e2e)\\.spec\\.ts$', '/node_modules/'],
    needsStack: false,
  },
  { name: 'stack', jestOptions: ['--runInBand', '--testMatch', specs('stack')], needsStack: true },
  { name: 'e2e', jestOptions: ['--runInBand', '--testMatch', specs('e2e')], needsStack: true },
];

export interface TestArguments {
  readonly stages: readonly Stage[];
  /** Path patterns and Jest options that are passed on. */
  readonly rest: readonly string[];
}

/**
 * `--stage NAME` (repeatable) chooses stages; everything else goes on to Jest.
 * @throws Error for a stage that doesn't exist
 */
export function parseTestArguments(argv: readonly string[]): TestArguments {
  const names: string[] = [];
  const rest: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? '';
    if (argument === '--stage') names.push(argv[++i] ?? '');
    else if (argument.startsWith('--stage=')) names.push(argument.slice('--stage='.length));
    else rest.push(argument);
  }
  const unknown = names.find((name) => !stages.some((stage) => stage.name === name));
  if (unknown !== undefined) {
    throw new Error(`--stage ${unknown}: there are the stages ${stages.map((stage) => stage.name).join(', ')}.`);
  }
  return { stages: stages.filter((stage) => names.length === 0 || names.includes(stage.name)), rest };
}
