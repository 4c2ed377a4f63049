/** How this program was started, so that it can be started again: as an executable of its own, or as a script under Node. */
export function programCommand(): readonly string[] {
  const [, script] = process.argv;
  const isScript = script !== undefined && script !== process.execPath;
  return isScript ? [process.execPath, script] : [process.execPath];
}
