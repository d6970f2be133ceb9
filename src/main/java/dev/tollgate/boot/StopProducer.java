package dev.tollgate.boot;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.ops.stop.StopGrace;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Produces the state of a stop. It is no proxied bean, since filters ask it until the last request. */
@ApplicationScoped
public class StopProducer {

    @Produces
    @Singleton
    StopGrace stopGrace(Settings settings) {
        return new StopGrace(settings.get(SettingCatalog.STOP_GRACE));
    }
}
