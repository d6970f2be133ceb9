package dev.tollgate.arch.violations.postgres;

import org.jboss.arquillian.test.spi.TestClass;

class KnowsTheServer {
    TestClass type;
}
