package dev.tollgate.core.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What is found within the failures that stages wrap. */
class FailuresTest {

    private static final IllegalStateException AWAY = new IllegalStateException("away");

    @Test
    void theCauseOfAWrappedFailureIsFound() {
        CompletableFuture<String> failed = CompletableFuture.failedFuture(AWAY);
        CompletableFuture<String> dependent = failed.thenApply(String::trim);
        assertThat(Failures.unwrap(catchThrowable(failed::get))).isSameAs(AWAY);
        assertThat(Failures.unwrap(catchThrowable(dependent::join))).isSameAs(AWAY);
        assertThat(dependent.handle((text, failure) -> Failures.unwrap(failure)).join())
                .isSameAs(AWAY);
    }

    @Test
    void aFailureThatIsNotWrappedIsItself() {
        RuntimeException outer = new RuntimeException(AWAY);
        assertThat(Failures.unwrap(outer)).isSameAs(outer);
    }

    @Test
    void aWrapperWithoutACauseIsItself() {
        CompletionException empty = new CompletionException("nothing within", null);
        assertThat(Failures.unwrap(empty)).isSameAs(empty);
    }
}
