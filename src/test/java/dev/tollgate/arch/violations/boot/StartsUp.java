package dev.tollgate.arch.violations.boot;

import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import org.glassfish.jersey.server.ResourceConfig;

@Startup
@Singleton
public class StartsUp {
    ResourceConfig config;
}
