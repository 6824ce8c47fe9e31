/**
 * Writes the package's reference, API.md, from its declarations: every entry of the package, what it exports, and every
 * command. What is public and says nothing of itself ends the build.
 *
 * It reads what the compiler writes: one declaration begins at the margin, its members four columns in, and what is said
 * of each stands above it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What every class and error of the kind has. */
const asEver = new Set(['constructor', 'name', 'connectedCallback', 'disconnectedCallback']);

const commandsFile = 'generated/commands.d.ts';

/** The text of API.md, from the folders of the sources and of their declarations. */
export function reference(sources, types, entries) {
  const silent = [];
  const parts = entries.map((entry) => {
    const file = entry.file.replace(/\.tsx?$/, '.d.ts');
    const items = exported(types, file).map(([name, item]) => {
      if (!item.said) silent.push(`${entry.path}: ${name}`);
      for (const member of item.members) if (!member.said && !asEver.has(member.name)) silent.push(`${entry.path}: ${name}.${member.name}`);
      return shown(name, item);
    });
    const name = entry.path === '.' ? 'redstart' : `redstart/${entry.path.slice(2)}`;
    return `## ${name}\n\n${head(read(sources, entry.file))}\n\n${items.join('\n')}`.trimEnd() + '\n';
  });
  if (silent.length > 0) throw new Error(`these are public and say nothing of themselves:\n  ${silent.join('\n  ')}`);
  return `# Reference\n\nWritten from the package’s own declarations; README.md is where to begin.\n\n${parts.join('\n')}\n${commands(types)}`;
}

const read = (folder, file) => readFileSync(join(folder, file), 'utf8');

/** What a module exports of this package: names with their declarations, wherever these are. */
function exported(types, file) {
  const text = read(types, file);
  const all = declarations(text).filter(({ isExported }) => isExported).map((item) => [item.name, item]);
  for (const [, names, from] of text.matchAll(/^export (?:type )?{([^}]*)}(?: from '(\.[^']+)')?;/gm)) {
    for (const each of names.split(',')) {
      const [name, as = name] = each.trim().replace(/^type /, '').split(' as ');
      const where = from ? join(dirname(file), from.replace(/\.js$/, '.d.ts')) : source(text, file, name);
      if (where === commandsFile || !name || !where || !existsSync(join(types, where))) continue;
      const found = declarations(read(types, where)).find((item) => item.name === name);
      if (found) all.push([as, found]);
    }
  }
  return all;
}

/** The file that a name is imported from, or this one. */
function source(text, file, name) {
  const [, from] = new RegExp(`^import (?:type )?.*\\b${name}\\b.* from '(\\.[^']+)';`, 'm').exec(text) ?? [];
  return from ? join(dirname(file), from.replace(/\.js$/, '.d.ts')) : file;
}

const comment = String.raw`(?:^ *\/\*\*(?:[^*]|\*(?!\/))*\*\/\n)?`;

/** All declarations of a module; those of one name are one. */
function declarations(text) {
  const shape = new RegExp(`(${comment})^(export )?(?:default )?(?:declare )?((?:abstract class|class|interface|type|function|const) ([\\w$]+)[^]*?)(?=\\n[/\\w]|$(?![^]))`, 'gm');
  const found = [...text.matchAll(shape)].map(([, above, exports, body, name]) => ({
    name,
    said: plain(above),
    isExported: exports !== undefined,
    ...(/^(abstract class|class|interface)/.test(body)
      ? { line: body.split(/ implements | \{/)[0], members: members(body) }
      : { line: body.trim().replace(/;$/, '') }),
  }));
  return merged(found);
}

function members(body) {
  const shape = new RegExp(`(${comment})^    ((?:(?:readonly|static|get|set|override|async) )*(\\[[^\\]]+\\]|[\\w$]+)?[^]*?;)(?=\\n(?:    [^ }]|}|$)|$(?![^]))`, 'gm');
  const found = [...body.matchAll(shape)]
    .filter(([, , line]) => !/^(private|protected|#)/.test(line))
    .map(([, above, line, name = '()']) => ({ name, said: plain(above), line: line.replace(/;$/, '').replace(/\s+/g, ' ') }));
  return merged(found);
}

/** Overloads are one item, which is said something of once. */
function merged(items) {
  const byName = new Map();
  for (const { members = [], ...item } of items) {
    const known = byName.get(item.name);
    if (!known) byName.set(item.name, { ...item, members });
    else byName.set(item.name, { ...known, said: known.said || item.said, line: `${known.line}\n${item.line}`, members: [...known.members, ...members] });
  }
  return [...byName.values()];
}

/** What a comment says, without its stars. */
const plain = (above) => above.replace(/^ *\/\*\*|\*\/\s*$/g, '').replace(/^ *\* ?/gm, '').trim();
const head = (text) => plain(/^\/\*\*[^]*?\*\/\n/.exec(text)?.[0] ?? '');
/** Overloads stand one below the other. */
const code = (lines) => lines.split('\n').map((line) => `\`${line}\``).join('  \n  ');

function shown(name, { said, line, members }) {
  const list = members.filter((member) => member.said).map((member) => `- ${code(member.line)}  \n  ${member.said.replace(/\n+/g, ' ')}`);
  return `### ${name}\n\n\`\`\`ts\n${line}\n\`\`\`\n\n${said}\n${list.length > 0 ? `\n${list.join('\n')}\n` : ''}`;
}

/** Every command, by its method. */
function commands(types) {
  const [, body] = /export interface Commands[^{]*{\n([^]*?)\n}/.exec(read(types, commandsFile));
  const rows = members(`${body}\n}`).map(({ line, said }) => `- ${code(line)}  \n  ${said.replace(/\n+/g, ' ')}`);
  return `## Commands\n\nMethods of \`Client\` and \`Database\`. \`S\` is what strings are read as: text, or bytes by \`db.bytes\`.\n\n${rows.join('\n')}\n`;
}
