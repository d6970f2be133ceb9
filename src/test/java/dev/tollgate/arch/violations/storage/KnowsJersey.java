package dev.tollgate.arch.violations.storage;

import org.glassfish.jersey.server.ResourceConfig;

public class KnowsJersey {
    ResourceConfig config;
}
