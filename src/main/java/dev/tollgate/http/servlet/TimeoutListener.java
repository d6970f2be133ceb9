package dev.tollgate.http.servlet;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/**
 * Does something when the time of an asynchronous request is over, and nothing else: what ends it otherwise sees to that itself.
 *
 * @param what has to end the request or to dispatch it, if nobody has yet
 */
public record TimeoutListener(Runnable what) implements AsyncListener {

    @Override
    public void onTimeout(AsyncEvent event) {
        what.run();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        // Nothing is held.
    }

    @Override
    public void onError(AsyncEvent event) {
        // Whoever writes or serves, or else the container, ends it.
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // Whoever starts anew has a time of their own.
    }
}
