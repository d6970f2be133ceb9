/**
 * Settings: the catalog of their names and defaults, where they are read from, and the error when one cannot be used.
 *
 * <p>Begin with {@link dev.tollgate.config.SettingCatalog}, then read {@link dev.tollgate.config.Settings}. Known limitation:
 * settings are read once, at the start.
 */
@NullMarked
package dev.tollgate.config;

import org.jspecify.annotations.NullMarked;
