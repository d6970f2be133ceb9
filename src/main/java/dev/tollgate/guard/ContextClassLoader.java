package dev.tollgate.guard;

import java.util.function.Supplier;

/** Does work under the guard's own class loader: what looks for implementations, or begins a thread, must not take an application's. */
final class ContextClassLoader {

    private ContextClassLoader() {}

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
