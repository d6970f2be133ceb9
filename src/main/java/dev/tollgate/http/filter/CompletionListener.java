package dev.tollgate.http.filter;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.atomic.AtomicBoolean;

/** A listener that runs an action once, when an asynchronous request completes. Follows the request through restarts. */
final class CompletionListener implements AsyncListener {

    /** What is done when a request is over. */
    @FunctionalInterface
    interface Action {

        /**
         * The request is over.
         *
         * @param broken whether it ended in an exception or a timeout
         */
        void completed(boolean broken);
    }

    private final Action action;
    private final AtomicBoolean done = new AtomicBoolean();

    private CompletionListener(Action action) {
        this.action = action;
    }

    /** Runs the action when the request, which has been put into asynchronous mode, completes. */
    static void register(HttpServletRequest request, Action action) {
        CompletionListener listener = new CompletionListener(action);
        try {
            request.getAsyncContext().addListener(listener);
        } catch (IllegalStateException e) {
            // The request completed before the listener was added.
            listener.end(false);
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        end(event.getThrowable() != null);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        end(true);
    }

    @Override
    public void onError(AsyncEvent event) {
        end(true);
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }

    private void end(boolean broken) {
        if (done.compareAndSet(false, true)) {
            action.completed(broken);
        }
    }
}
