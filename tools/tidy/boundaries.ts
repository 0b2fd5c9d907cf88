import { posix } from 'node:path';
import ts from 'typescript';
import type { Complaint, SourceFile } from './rules.ts';

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

/** Everything a file imports, re-exports or loads when it runs. */
export function importsOf(file: SourceFile): Import[] {
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const moduleName = moduleOf(node);
    if (moduleName !== undefined) found.push({ from: moduleName, typeOnly: isTypeOnly(node) });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function moduleOf(node: ts.Node): string | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
    return ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : undefined;
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.ImportKeyword) return undefined;
  const [argument] = node.arguments;
  return argument !== undefined && ts.isStringLiteralLike(argument) ? argument.text : undefined;
}

const isTypeOnly = (node: ts.Node): boolean =>
  (ts.isImportDeclaration(node) && node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) ||
  (ts.isExportDeclaration(node) && node.isTypeOnly);

const projectOf = (path: string): string | undefined => /^(libs|apps)\/[\w-]+(?=\/)/.exec(path)?.[0];

/** What a lib may import of the other libs; nothing else, and never an app. */
const libsOf: Readonly<Record<string, readonly string[]>> = {
  'libs/domain': [],
  'libs/contracts': [],
  'libs/streams': ['contracts'],
  'libs/read-model': ['contracts', 'domain', 'streams'],
  'libs/testing': ['contracts', 'domain', 'streams', 'read-model'],
};
const domainPackages = ['big.js', '@slipstream/contracts'];

/**
 * No app imports another app, libs never import apps, the domain imports nothing of the outside.
 * @param projects folders of all projects, such as `apps/copy-engine`
 */
export function forbiddenImports(files: readonly SourceFile[], projects: readonly string[]): Complaint[] {
  const projectOfPackage = new Map(projects.map((project) => [`@slipstream/${posix.basename(project)}`, project]));
  return files
    .filter(({ path }) => /\.[cm]?ts$/.test(path) && projectOf(path) !== undefined)
    .flatMap((file) => importsOf(file).flatMap((found) => complain(file.path, found, projectOfPackage)));
}

function complain(path: string, found: Import, projectOfPackage: ReadonlyMap<string, string>): Complaint[] {
  const own = projectOf(path) ?? '';
  const refused = (why: string): Complaint[] => [`${path}: imports ${found.from}: ${why}`];
  const target = found.from.startsWith('.')
    ? posix.join(posix.dirname(path), found.from)
    : projectOfPackage.get(found.from.split('/').slice(0, 2).join('/'));
  const project = target === undefined ? undefined : (projectOf(`${target}/`) ?? target);
  const inTest = /\/test\/|\.spec\.ts$/.test(path);
  if (project !== undefined && project !== own) {
    if (found.from.startsWith('.') && !mayReachOut(own, project, inTest)) return refused('reaches out of its project');
    if (project.startsWith('apps/') && !(own === 'apps/e2e' && inTest)) return refused('no one imports an app');
    const lib = posix.basename(project);
    if (project === 'libs/testing' && !inTest) return refused('only tests use it');
    const allowed = found.typeOnly || inTest || !(own in libsOf) || libsOf[own]?.includes(lib) === true;
    if (project.startsWith('libs/') && !allowed) return refused(`${own} doesn't build on ${lib}`);
  }
  if (own !== 'libs/domain' || inTest || found.from.startsWith('.')) return [];
  if (!domainPackages.includes(found.from)) return refused('the domain imports nothing of the outside');
  return found.from === 'big.js' || found.typeOnly ? [] : refused('types only');
}

/** The servers for tests are the ones of the tools; tests of the whole platform run the folds of several services. */
const mayReachOut = (own: string, target: string, inTest: boolean): boolean =>
  (target.startsWith('tools/') && (own === 'libs/testing' || inTest)) || (own === 'apps/e2e' && inTest);

/** Whose schema is whose; the read model is written by its lib and stats-projector, and read by api-gateway. */
const schemaOwners: Readonly<Record<string, readonly string[]>> = {
  order_gateway: ['apps/order-gateway'],
  copy_engine: ['apps/copy-engine'],
  position_sizer: ['apps/position-sizer'],
  settlement: ['apps/settlement'],
  notifications: ['apps/notifier'],
  read_model: ['libs/read-model', 'apps/stats-projector', 'apps/api-gateway'],
};

/** No service names the database schema of another. (Its role couldn't read it either.) */
export function foreignSchemas(files: readonly SourceFile[]): Complaint[] {
  return files
    .filter(({ path }) => /^(apps|libs)\/[\w-]+\/src\/.*\.ts$/.test(path))
    .flatMap(({ path, text }) =>
      Object.entries(schemaOwners)
        .filter(([, owners]) => !owners.includes(projectOf(path) ?? ''))
        .filter(([schema]) => namesSchema(text, schema))
        .map(([schema]) => `${path}: uses the schema ${schema} of another service`),
    );
}

/** In SQL, or as a value; `settlement` as a value is the service's name too. */
function namesSchema(text: string, schema: string): boolean {
  const inSql = new RegExp(
    `\\b(from|join|into|update|table|schema)\\s+"?${schema}\\b|search_path\\s*=\\s*${schema}\\b`,
    'i',
  );
  const asValue = schema.includes('_')
    ? new RegExp(`['"\`]${schema}['"\`]`)
    : new RegExp(`schema: ['"\`]${schema}['"\`]`);
  return inSql.test(text) || asValue.test(text);
}
