// Run first by every script: an older Node cannot even read the TypeScript files that follow.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 12)) {
  process.stderr.write(
    `This needs Node 24.12 or later and was started by Node ${process.versions.node}.\n` +
      'The project brings its own: run `npm ci` without --ignore-scripts, then use `npm run …` or `npx tcsync …`.\n',
  );
  process.exit(1);
}
