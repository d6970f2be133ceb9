package dev.tollgate.redis.batch;

import jakarta.inject.Qualifier;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Which flights to Redis are meant: requests must never stand in line behind work that can wait. */
@Qualifier
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.PARAMETER, ElementType.FIELD})
public @interface BatcherFor {

    /** The lane. */
    Work value();

    /** The lanes there are. */
    enum Work {
        /** Decisions: short patience, a short line. */
        DECISIONS,
        /** Recording, settlement, analytics, edits. */
        BACKGROUND
    }
}
