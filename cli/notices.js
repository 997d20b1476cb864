/** Notices of what is bundled: names, licenses and their texts, as those licenses ask for. */
const fs = require('node:fs');
const { join, resolve } = require('node:path');

const PROJECT = resolve(__dirname, '..');
const LICENSE_FILE = /^(licen[cs]e|notice|copying)([.-].*)?$/i;

/** Data in the page, and what it was made from. */
const DATA = `world map: Natural Earth (public domain, https://www.naturalearthdata.com), by way of world-atlas

${fs.readFileSync(join(__dirname, 'notices/world-atlas.txt'), 'utf8').trim()}`;

/** For packages that do not bring the text of their license. */
const WITHOUT_TEXT = {
  'Apache-2.0': fs.readFileSync(join(PROJECT, 'LICENSE'), 'utf8').trim(),
  'MIT-0': 'MIT No Attribution (https://opensource.org/license/mit-0), which asks for no notice.',
};

/** Folders of the packages whose code is in a bundle, such as `node_modules/a`, in order. */
function bundledFolders(metafile) {
  const folders = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /^(.*node_modules\/(@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter((folder) => folder !== undefined);
  return [...new Set(folders)].sort();
}

exports.bundledFolders = bundledFolders;

/**
 * The packages in a bundle, with the texts of their licenses, each text once.
 *
 * @param metafile esbuild's
 */
exports.noticesOf = function noticesOf(metafile) {
  const byText = new Map();
  for (const folder of bundledFolders(metafile)) {
    const text = licenseText(join(PROJECT, folder));
    byText.set(text, [...(byText.get(text) ?? []), describe(join(PROJECT, folder))]);
  }
  const hasMap = Object.values(metafile.outputs).some(({ inputs }) => 'dashboard/page/main.tsx' in inputs);
  return [...[...byText].map(([text, packages]) => `${packages.join('\n')}\n\n${text}`), ...(hasMap ? [DATA] : [])];
};

function describe(folder) {
  const { name, version, license } = JSON.parse(fs.readFileSync(join(folder, 'package.json'), 'utf8'));
  return `${name} ${version} (${license})`;
}

function licenseText(folder) {
  const inFolder = (name) =>
    fs.existsSync(join(folder, name)) ? fs.readdirSync(join(folder, name)).map((file) => join(name, file)) : [];
  const files = [
    ...fs
      .readdirSync(folder)
      .filter((name) => LICENSE_FILE.test(name))
      .sort(),
    ...inFolder('licenses').sort(),
  ];
  const texts = files.map((name) => fs.readFileSync(join(folder, name), 'utf8').replaceAll('\r', '').trim());
  if (texts.length > 0) return texts.join('\n\n');
  const { license } = JSON.parse(fs.readFileSync(join(folder, 'package.json'), 'utf8'));
  if (license in WITHOUT_TEXT) return WITHOUT_TEXT[license];
  throw new Error(`${folder} has no license text: add it to cli/notices.js`);
}
