package dev.tollgate.guard;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import java.util.EnumSet;
import java.util.Set;

/**
 * A servlet container initializer that adds the guard's filter to an application when it is deployed. The guard comes with the
 * application or with the server.
 *
 * <p>Web fragments and annotated filters would not do: a web.xml with {@code metadata-complete} turns them off.
 */
public final class GuardInitializer implements ServletContainerInitializer {

    /** The context parameter that marks Tollgate's own application, which has a gate already. */
    static final String ITSELF = "tollgate.itself";

    /** The name of the filter. It is the same for both ways, so that no application is guarded twice. */
    static final String NAME = "tollgate-guard";

    /** Payara's virtual server for its own applications, such as the administration console. */
    private static final String PAYARAS_OWN = "__asadmin";

    /** Returns whether an application is to be guarded. */
    static boolean isGuarded(ServletContext context) {
        return context.getInitParameter(ITSELF) == null
                && !PAYARAS_OWN.equals(context.getVirtualServerName())
                && ContextClassLoader.run(Settings::load)
                        .get(SettingCatalog.GUARD_APPLICATIONS, Applications::new)
                        .include(context.getContextPath());
    }

    @Override
    public void onStartup(Set<Class<?>> classes, ServletContext context) {
        if (!isGuarded(context)) {
            return;
        }
        boolean async = ContextClassLoader.run(Settings::load)
                .get(SettingCatalog.GUARD_ASYNC, Applications::new)
                .name(context.getContextPath());
        GuardFilter guard = new GuardFilter(async);
        FilterRegistration.Dynamic filter = context.addFilter(NAME, guard);
        if (filter != null) {
            context.addListener(guard);
            filter.setAsyncSupported(true);
            EnumSet<DispatcherType> dispatches = EnumSet.of(DispatcherType.REQUEST);
            if (async) {
                dispatches.add(DispatcherType.ASYNC);
            }
            filter.addMappingForUrlPatterns(dispatches, false, "/*");
        }
    }
}
