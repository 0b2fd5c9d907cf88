import ts from 'typescript';

/** Something that is not as STYLE has it: `file: what`. */
export type Complaint = string;

export interface SourceFile {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

export const fileLinesMax = 300;
/** Tables of cases are long. */
export const testLinesMax = 450;
export const functionLinesMax = 70;
export const mainLinesMax = 25;

/** Functions that were longer when the rule came, by file; they may only get shorter. */
export const functionLinesRatchet: Readonly<Record<string, number>> = {
  'libs/streams/src/run-fold.ts': 90,
  'libs/streams/src/run-projection.ts': 81,
};

const isTypeScript = ({ path }: SourceFile): boolean => path.endsWith('.ts') && !path.includes('/generated/');
export const isTest = ({ path }: SourceFile): boolean => /\.spec\.ts$|\/test\//.test(path);

export function longFiles(files: readonly SourceFile[]): Complaint[] {
  return files.filter(isTypeScript).flatMap((file) => {
    const lines = file.text.trimEnd().split('\n').length;
    const ordinary = isTest(file) ? testLinesMax : fileLinesMax;
    const most = file.path.endsWith('/src/main.ts') ? mainLinesMax : ordinary;
    return lines > most ? [`${file.path}: ${lines} lines, at most ${most}`] : [];
  });
}

/** Functions that don't fit a screen; `describe` blocks of tests aren't functions in this sense. */
export function longFunctions(files: readonly SourceFile[]): Complaint[] {
  return files
    .filter((file) => isTypeScript(file) && !isTest(file))
    .flatMap((file) => {
      const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
      const most = functionLinesRatchet[file.path] ?? functionLinesMax;
      const complaints: Complaint[] = [];
      const visit = (node: ts.Node): void => {
        if (ts.isFunctionLike(node)) {
          const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
          const lines = lineOf(node.end) - lineOf(node.getStart()) + 1;
          const line = lineOf(node.getStart()) + 1;
          if (lines > most) complaints.push(`${file.path}:${line}: a function of ${lines} lines, at most ${most}`);
        }
        ts.forEachChild(node, visit);
      };
      visit(source);
      return complaints;
    });
}

const emptyWords = ['Manager', 'Helper', 'Util', 'Utils', 'Impl', 'Base'];

/** Names of files and classes that say nothing. */
export function emptyNames(files: readonly SourceFile[]): Complaint[] {
  return files.filter(isTypeScript).flatMap((file) => {
    const words = file.path.split(/[/.-]/).map((word) => word.toLowerCase());
    const inPath = emptyWords.filter((word) => words.includes(word.toLowerCase()));
    const classes = [...file.text.matchAll(/^\s*(?:export |default |abstract )*class\s+(\w+)/gm)].map(
      (match) => match[1] ?? '',
    );
    const inClasses = classes.filter((name) => name.split(/(?=[A-Z])/).some((word) => emptyWords.includes(word)));
    return [
      ...inPath.map((word) => `${file.path}: "${word}" in a file name says nothing`),
      ...inClasses.map((name) => `${file.path}: class ${name} is named by what it isn't`),
    ];
  });
}

/** Each lib has one index.ts, in its src; there are no other barrels (a folder's list of migrations isn't one). */
export function barrels(files: readonly SourceFile[]): Complaint[] {
  const indexes = files
    .map(({ path }) => path)
    .filter((path) => /(^|\/)(?<!migrations\/)index\.[cm]?[tj]s$/.test(path));
  const libs = new Set(files.flatMap(({ path }) => /^libs\/[\w-]+(?=\/src\/)/.exec(path) ?? []));
  return [
    ...indexes.filter((path) => !/^libs\/[\w-]+\/src\/index\.ts$/.test(path)).map((path) => `${path}: a barrel`),
    ...[...libs].filter((lib) => !indexes.includes(`${lib}/src/index.ts`)).map((lib) => `${lib}: has no src/index.ts`),
  ];
}

// Put together here, so that this file doesn't contain what it looks for.
const absolutePath = new RegExp(
  ['work', 'home', 'root', 'Users'].map((folder) => `(?<![\\w.}/)*])/${folder}/[\\w.-]+`).join('|'),
);
const registryHost = new RegExp(
  [
    `registry\\.npmjs\\.${'org'}`,
    `repo\\d?\\.maven\\.${'(apache\\.)?org'}`,
    `files\\.pythonhosted\\.${'org'}`,
    `crates\\.${'io'}`,
  ].join('|'),
);
/** The Maven wrapper is the official script, and has to say where Maven is. */
const mayNameHosts = /^deploy\/kafka\/(mvnw(\.cmd)?|\.mvn\/wrapper\/maven-wrapper\.properties)$/;

/** Paths of one machine and hosts of package registries have no place in the repository. */
export function machineTraces(files: readonly SourceFile[]): Complaint[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const found =
        absolutePath.exec(line)?.[0] ?? (mayNameHosts.test(path) ? undefined : registryHost.exec(line)?.[0]);
      return found === undefined ? [] : [`${path}:${index + 1}: names ${found}`];
    }),
  );
}
