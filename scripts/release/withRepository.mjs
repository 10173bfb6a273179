/** The manifest with the address of the repository, and with the package's folder in it. */
export function withRepository(manifest, { address, directory }) {
  return { ...manifest, repository: { type: 'git', url: `git+${address}.git`, directory } };
}
