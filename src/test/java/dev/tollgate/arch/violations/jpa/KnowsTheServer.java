package dev.tollgate.arch.violations.jpa;

import org.jboss.arquillian.test.spi.TestClass;

class KnowsTheServer {
    TestClass type;
}
