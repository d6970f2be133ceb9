package dev.tollgate.guard;

import java.util.function.Supplier;

/**
 * The guard's own class loader as the context class loader of a thread. Libraries that look up implementations or start threads
 * would otherwise take an application's.
 */
final class ContextClassLoader {

    private ContextClassLoader() {}

    /** Runs work under the guard's class loader. */
    static <T> T run(Supplier<T> work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(ContextClassLoader.class.getClassLoader());
        try {
            return work.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
