// Loaded before a program that is measured: tells the process that asks what it took so far, memory after a collection.
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  globalThis.gc();
  globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  process.send({ rss, heapUsed, processorSeconds: (user + system) / 1e6 });
});
process.channel.unref();
