/** Names of files and folders: those of requests and folders, without what some system does not take, each once. */
export function createNames(): (name: string, fallback: string) => string {
  const taken = new Set<string>();
  return (name, fallback) => {
    const plain = fileName(name) || fallback;
    let found = plain;
    for (let number = 1; taken.has(found.toLowerCase()); number += 1) found = `${plain} ${number}`;
    taken.add(found.toLowerCase());
    return found;
  };
}

/** Windows keeps these for devices. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

function fileName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what files must not be named with
  const plain = name.replace(/[<>:"/\\|?*\u0000-\u001f]+/g, '-').replace(/^[. ]+|[. ]+$/g, '');
  return devices.test(plain) ? `${plain}-` : [...plain].slice(0, 100).join('').trim();
}
