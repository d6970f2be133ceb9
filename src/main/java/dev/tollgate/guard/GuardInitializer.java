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
 * Puts the guard before an application when it is deployed, whether the application carries it or its server does. An
 * initializer, since web fragments and annotated filters are not looked at where web.xml says that it is complete.
 */
public final class GuardInitializer implements ServletContainerInitializer {

    /** The context parameter by which Tollgate's own application, which has its gate, is known. */
    static final String ITSELF = "tollgate.itself";

    /** One name, whoever brings it: an application that carries a guard is not guarded twice on a server that has one. */
    static final String NAME = "tollgate-guard";

    /** Payara's host for its own applications, the administration's among them. */
    private static final String PAYARAS_OWN = "__asadmin";

    /** Whether an application is to be guarded, by the settings and by what it is. */
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
        boolean deferring = ContextClassLoader.run(Settings::load)
                .get(SettingCatalog.GUARD_ASYNC, Applications::new)
                .name(context.getContextPath());
        GuardFilter guard = new GuardFilter(deferring);
        FilterRegistration.Dynamic filter = context.addFilter(NAME, guard);
        if (filter != null) {
            context.addListener(guard);
            filter.setAsyncSupported(true);
            EnumSet<DispatcherType> dispatches = EnumSet.of(DispatcherType.REQUEST);
            if (deferring) {
                dispatches.add(DispatcherType.ASYNC);
            }
            filter.addMappingForUrlPatterns(dispatches, false, "/*");
        }
    }
}
