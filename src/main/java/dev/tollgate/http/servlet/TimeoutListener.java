package dev.tollgate.http.servlet;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/**
 * A listener that runs an action when an asynchronous request times out, and does nothing at its other ends.
 *
 * @param what the action; it has to end the request or to dispatch it, unless that has happened
 */
public record TimeoutListener(Runnable what) implements AsyncListener {

    @Override
    public void onTimeout(AsyncEvent event) {
        what.run();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        // Nothing to release.
    }

    @Override
    public void onError(AsyncEvent event) {
        // The code that writes the answer ends the request, or else the container does.
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // A new asynchronous cycle has a timeout of its own.
    }
}
