import type { StartedTestContainer } from 'testcontainers';

/** Reads a growing log file in a container, whole or from a marked byte on. */
export class LogReader {
  private start = 0;

  constructor(
    private readonly container: StartedTestContainer,
    private readonly file: string,
  ) {}

  async mark(): Promise<void> {
    const { stdout } = await this.container.exec(['sh', '-c', `cat ${this.file} 2>/dev/null | wc -c`]);
    this.start = Number(stdout);
  }

  readAll(): Promise<string> {
    return this.readFrom(0);
  }

  readSinceMark(): Promise<string> {
    return this.readFrom(this.start);
  }

  private async readFrom(offset: number): Promise<string> {
    const { stdout, stderr, exitCode } = await this.container.exec([
      'tail',
      '-c',
      `+${offset + 1}`,
      this.file,
    ]);
    if (exitCode !== 0 && /No such file/.test(stderr)) return '';
    if (exitCode !== 0) throw new Error(`could not read ${this.file} in the container: ${stderr}`);
    return stdout;
  }
}
