package dev.tollgate.core.account;

import dev.tollgate.core.limit.WindowPolicy;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A port to the windows that route policies have, on this node and on all others, guards included. Thread-safe. */
@FunctionalInterface
public interface RouteWindows {

    /** Reads them; fails if Redis does not answer. */
    CompletionStage<List<WindowPolicy>> all();
}
