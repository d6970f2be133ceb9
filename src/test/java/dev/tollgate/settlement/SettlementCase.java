package dev.tollgate.settlement;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A real Redis and a real PostgreSQL with a settlement between them, for the tests of a class. */
abstract class SettlementCase {

    /** The servers of the class whose tests run. */
    static SettlementFixture rig;

    @BeforeAll
    static void start() {
        rig = new SettlementFixture();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }
}
