package dev.tollgate.arch.violations.http;

import jakarta.persistence.EntityManager;
import java.sql.Connection;

public class KnowsPersistence {
    EntityManager entities;
    Connection connection;
}
