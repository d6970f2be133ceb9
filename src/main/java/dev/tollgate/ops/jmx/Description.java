package dev.tollgate.ops.jmx;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The description of an MXBean, an attribute or an operation, which JMX clients such as JConsole show. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@interface Description {

    /** A sentence without a full stop. */
    String value();

    /** The unit of a number; empty for text, truth values and tables. */
    String unit() default "";
}
