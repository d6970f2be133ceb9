package dev.tollgate.arch.violations.postgres;

import org.jboss.arquillian.test.spi.TestClass;

public class KnowsTheServer {
    TestClass type;
}
