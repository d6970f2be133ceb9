package dev.tollgate.ops.jmx;

import java.lang.reflect.Method;
import java.util.Optional;
import java.util.stream.Stream;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.StandardMBean;

/** An MXBean with the descriptions of its interface; without one, JMX shows names alone. Thread-safe. */
final class DescribedBean extends StandardMBean {

    private final Class<?> type;

    /**
     * Wraps an implementation.
     *
     * @param type an MXBean interface whose methods have {@link Description}s
     */
    <T> DescribedBean(T bean, Class<T> type) {
        super(bean, type, true);
        this.type = type;
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        Description description = type.getAnnotation(Description.class);
        return description == null ? super.getDescription(info) : description.value();
    }

    @Override
    protected String getDescription(MBeanAttributeInfo info) {
        return described(info, (info.isIs() ? "is" : "get") + info.getName());
    }

    @Override
    protected String getDescription(MBeanOperationInfo info) {
        return described(info, info.getName());
    }

    private String described(MBeanFeatureInfo info, String method) {
        Optional<Description> description = Stream.of(type.getMethods())
                .filter(candidate -> candidate.getName().equals(method))
                .map((Method candidate) -> candidate.getAnnotation(Description.class))
                .filter(found -> found != null)
                .findFirst();
        return description
                .map(found -> found.value() + (found.unit().isEmpty() ? "" : " (" + found.unit() + ")"))
                .orElseGet(() -> String.valueOf(info.getDescription()));
    }
}
