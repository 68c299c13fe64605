import { open, readFile, stat } from 'node:fs/promises';

/** Reads a growing log file, whole or from a marked byte on. One that is not there yet is empty. */
export class LogReader {
  private start = 0;

  constructor(private readonly file: string) {}

  async mark(): Promise<void> {
    this.start = await stat(this.file).then(({ size }) => size, whenMissing(0));
  }

  readAll(): Promise<string> {
    return readFile(this.file, 'utf8').catch(whenMissing(''));
  }

  async readSinceMark(): Promise<string> {
    const file = await open(this.file).catch(whenMissing(undefined));
    if (!file) return '';
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(size - this.start),
        0,
        size - this.start,
        this.start,
      );
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  }
}

function whenMissing<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
}
