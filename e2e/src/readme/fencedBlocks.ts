/** Reads the code blocks of a Markdown file. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** All fenced blocks of that language, in order. */
export async function fencedBlocks(file: string, language: string): Promise<string[]> {
  const text = await readFile(`${ROOT}${file}`, 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, blockLanguage]) => blockLanguage === language)
    .map(([, , code]) => code ?? '');
}

/** The block after the comment `<!-- example: name -->`. */
export async function exampleBlock(file: string, name: string): Promise<string> {
  const text = await readFile(`${ROOT}${file}`, 'utf8');
  const [, found] = text.split(`<!-- example: ${name} -->`);
  const code = found && /^\s*```\w+\n([\s\S]*?)^```$/m.exec(found)?.[1];
  if (!code)
    throw new Error(
      `${file} has no code block after <!-- example: ${name} -->. Add one, or correct the name.`,
    );
  return code;
}
