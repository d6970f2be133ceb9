package dev.tollgate.run;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What was started, to be stopped in the opposite order. One thread starts and stops; the JVM's shutdown interrupts it and
 * waits until it has stopped everything.
 */
final class Children {

    private record Child(String name, AutoCloseable process) {}

    private final Deque<Child> started = new ArrayDeque<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean stopping;
    private volatile Thread starter;

    /** Called by the thread that starts and stops, before it starts anything. */
    void begin() {
        starter = Thread.currentThread();
    }

    /** Whether all is being stopped: what ends now was meant to. */
    boolean isStopping() {
        return stopping;
    }

    /** Takes charge of a child. */
    <T extends AutoCloseable> T add(String name, T process) {
        started.push(new Child(name, process));
        if (stopping) {
            throw new IllegalStateException("interrupted");
        }
        return process;
    }

    /** Lets go of a child that has ended. */
    void remove(AutoCloseable process) {
        started.removeIf(child -> child.process() == process);
    }

    /** Says so, should the process end before it is meant to. */
    void watch(String name, long pid, String consequence) {
        ProcessHandle.of(pid)
                .ifPresent(process -> process.onExit().thenRun(() -> {
                    if (!stopping) {
                        Run.say(name + " (process " + pid + ") ended; " + consequence + ".");
                    }
                }));
    }

    /** Stops them all. Whatever else runs from the directory, such as a half started one, is ended too. */
    void close(Path directory) {
        stopping = true;
        // Stopping waits for processes, which an interrupted thread cannot.
        Thread.interrupted();
        boolean any = !started.isEmpty();
        try {
            while (!started.isEmpty()) {
                Child child = started.pop();
                Run.say("Stopping " + child.name() + " ...");
                stop(child);
            }
            Orphans.stop(directory);
            if (any) {
                Run.say("Stopped.");
            }
        } finally {
            closed.countDown();
        }
    }

    private static void stop(Child child) {
        try {
            child.process().close();
        } catch (Exception e) {
            Run.say(child.name() + " did not stop as it should (" + e.getMessage() + "); it is ended the hard way.");
        }
    }

    /** The JVM ends: the starter is told, and given the time to stop everything. */
    void interrupt(Path directory) {
        stopping = true;
        Thread thread = starter;
        if (thread == null || closed.getCount() == 0) {
            return;
        }
        thread.interrupt();
        try {
            if (!closed.await(90, TimeUnit.SECONDS)) {
                Orphans.stop(directory);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
