/** Files as they are chosen or dropped, each with the path that it will have as a document. */

export interface Chosen {
  file: File;
  path: string;
}

/** What was picked, by the inputs for files and for a folder. */
export function picked(files: Iterable<File>): Chosen[] {
  return [...files].map((file) => ({ file, path: pathOf(file.webkitRelativePath || file.name) }));
}

/** What was dropped, folders with all that is in them. Rejects when one of them cannot be read. */
export async function dropped(data: DataTransfer): Promise<Chosen[]> {
  // All at once: the items are gone after the first wait.
  const items = [...data.items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found = await Promise.all(items.map(({ entry, file }) => (entry ? below(entry) : picked(file ? [file] : []))));
  return found.flat();
}

/** Both, each path once: what comes later counts. Hidden files, which systems leave in folders, are left out. */
export function joined(before: Chosen[], more: Chosen[]): Chosen[] {
  const byPath = new Map([...before, ...more].map((one) => [one.path, one]));
  return [...byPath.values()].filter(({ path }) => !path.split('/').some((part) => part.startsWith('.')));
}

/** One spelling of accents: some systems take names apart, and a path says which document this is. */
function pathOf(name: string): string {
  return name.replace(/^\/+/, '').normalize('NFC');
}

async function below(entry: FileSystemEntry): Promise<Chosen[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ file, path: pathOf(entry.fullPath) }];
  }
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const found: Chosen[] = [];
  for (;;) {
    // A reader gives a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const one of some) found.push(...(await below(one)));
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
