package dev.tollgate.redis.batch;

import jakarta.inject.Qualifier;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A qualifier that tells the node's two {@link ScriptBatchers} apart. */
@Qualifier
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.PARAMETER, ElementType.FIELD})
public @interface BatcherFor {

    /** The work the batcher is for. */
    Work value();

    /** Work that has a batcher of its own. Metrics and the REST API call the two lanes {@code gate} and {@code work}. */
    enum Work {
        /** Decisions about requests: a short queue and short timeouts. */
        DECISIONS,
        /** Recording, settlement, reports and changes. */
        BACKGROUND
    }
}
