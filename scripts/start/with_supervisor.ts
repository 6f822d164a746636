// Loaded before a child's own script: the child ends in order when whoever watches over it is gone.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// Listening for that must not keep a child alive that has finished.
process.channel?.unref();
